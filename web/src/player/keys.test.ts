import { describe, expect, it } from '@jest/globals';
import { commandOf, type Focus, nextSpeed } from './keys.ts';

const press = (
  key: string,
  { inPlayer = false, on = 'nothing' as Focus['on'], ctrlKey = false, lettersOn = true } = {},
) => commandOf({ key, ctrlKey, metaKey: false, altKey: false }, { inPlayer, on }, lettersOn);

describe('commandOf', () => {
  it.each([
    ['k', { do: 'toggle-play' }],
    ['K', { do: 'toggle-play' }],
    ['j', { do: 'seek-by', seconds: -10 }],
    ['7', { do: 'seek-to', share: 0.7 }],
    ['>', { do: 'speed', step: 1 }],
    ['?', { do: 'help' }],
    ['t', { do: 'toggle-theatre' }],
    ['i', { do: 'toggle-pip' }],
    [',', { do: 'frame', step: -1 }],
    ['.', { do: 'frame', step: 1 }],
  ])('when %s is pressed on the page, then it is for the player', (key, command) => {
    expect(press(key)).toEqual(command);
  });

  it('when somebody types, or holds Ctrl, then no key is for the player', () => {
    expect(press('k', { on: 'text' })).toBeNull();
    for (const key of [' ', 't', 'i', ',', '.', '?', '5']) expect(press(key, { on: 'text' })).toBeNull();
    expect(press('f', { ctrlKey: true })).toBeNull();
  });

  it('when Ctrl is held, then arrows go from chapter to chapter, but not where somebody types', () => {
    expect(press('ArrowRight', { ctrlKey: true })).toEqual({ do: 'chapter', step: 1 });
    expect(press('ArrowLeft', { ctrlKey: true, on: 'slider' })).toEqual({ do: 'chapter', step: -1 });
    expect(press('ArrowLeft', { ctrlKey: true, on: 'text' })).toBeNull();
  });

  it('when a button has the focus, then space presses it, and everything else is for the player', () => {
    expect(press(' ', { on: 'button' })).toBeNull();
    expect(press('ArrowRight', { on: 'button' })).toEqual({ do: 'seek-by', seconds: 5 });
    expect(press('k', { on: 'button' })).toEqual({ do: 'toggle-play' });
  });

  it('when a slider has the focus, then arrows move it', () => {
    expect(press('ArrowRight', { on: 'slider', inPlayer: true })).toBeNull();
    expect(press('ArrowUp', { on: 'slider', inPlayer: true })).toBeNull();
    expect(press('m', { on: 'slider', inPlayer: true })).toEqual({ do: 'toggle-mute' });
  });

  it('when the focus is not in the player, then up and down scroll the page', () => {
    expect(press('ArrowUp')).toBeNull();
    expect(press('ArrowUp', { inPlayer: true })).toEqual({ do: 'volume-by', share: 0.05 });
  });

  it('when letters are turned off, then space and arrows still work, letters and digits do not', () => {
    for (const key of ['k', '5', '?', '/']) expect(press(key, { lettersOn: false })).toBeNull();
    expect(press(' ', { lettersOn: false })).toEqual({ do: 'toggle-play' });
    expect(press('ArrowLeft', { lettersOn: false })).toEqual({ do: 'seek-by', seconds: -5 });
  });
});

describe('nextSpeed', () => {
  it('when there is a next one, then answers it, at the ends the same, between two the neighbour', () => {
    expect(nextSpeed(1, 1)).toBe(1.25);
    expect(nextSpeed(1, -1)).toBe(0.75);
    expect(nextSpeed(2, 1)).toBe(2);
    expect(nextSpeed(1.1, 1)).toBe(1.25);
  });
});
