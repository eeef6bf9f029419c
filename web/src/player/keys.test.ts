import { describe, expect, it } from '@jest/globals';
import { commandOf, type Focus, mayRepeat, nextSpeed } from './keys.ts';

const press = (
  key: string,
  { inPlayer = false, on = 'nothing' as Focus['on'], ctrlKey = false, shiftKey = false, lettersOn = true } = {},
) => commandOf({ key, ctrlKey, shiftKey, metaKey: false, altKey: false }, { inPlayer, on }, lettersOn);

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

  it('when the focus is not in the player, then up, down, Home and End scroll the page', () => {
    for (const key of ['ArrowUp', 'ArrowDown', 'Home', 'End']) expect(press(key)).toBeNull();
    expect(press('Home', { inPlayer: true })).toEqual({ do: 'seek-to', share: 0 });
    expect(press('End', { inPlayer: true, on: 'button' })).toEqual({ do: 'seek-to', share: 1 });
    expect(press('End', { inPlayer: true, on: 'slider' })).toBeNull();
    expect(press('ArrowUp', { inPlayer: true })).toEqual({ do: 'volume-by', share: 0.05 });
  });

  it('when N is pressed with Shift, and only then, then it is the next video', () => {
    expect(press('N', { shiftKey: true })).toEqual({ do: 'next' });
    expect(press('n')).toBeNull();
    expect(press('N', { shiftKey: true, on: 'text' })).toBeNull();
  });

  it('when a key is held, then it goes on winding, and turns nothing off and on', () => {
    const held = (key: string) => mayRepeat(press(key) ?? { do: 'help' });
    expect(['j', 'l', 'ArrowLeft', '.'].map(held)).toEqual([true, true, true, true]);
    expect(['k', ' ', 'm', 'f', 'c', 't', 'i'].map(held)).toEqual(Array(7).fill(false));
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
