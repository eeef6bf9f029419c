import { type RefObject, useEffect, useEffectEvent } from 'react';
import { type Command, commandOf, type Focus, mayRepeat } from './keys.ts';

const storageKey = 'flixtube.keys';

/** Whether single letters control the player: yes, unless turned off in the list of shortcuts. */
export function lettersOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

export function turnLetters(on: boolean): void {
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Storage is blocked: they stay on.
  }
}

/** Listens on the whole page for the player's keys, but while a dialog is open. */
export function useKeys(player: RefObject<HTMLElement | null>, onCommand: (command: Command) => void): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const command = commandOf(event, focusOf(event, player.current), lettersOn());
    if (!command) return;
    event.preventDefault();
    if (!event.repeat || mayRepeat(command)) onCommand(command);
  });

  useEffect(() => {
    const listener = (event: KeyboardEvent) => handle(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

function focusOf(event: KeyboardEvent, player: HTMLElement | null): Focus {
  const [target] = event.composedPath();
  const inPlayer = player !== null && event.composedPath().includes(player);
  if (!(target instanceof HTMLElement)) return { inPlayer, on: 'nothing' };
  return { inPlayer, on: usedBy(target) };
}

function usedBy(target: HTMLElement): Focus['on'] {
  if (target.matches('input[type="range"], [role="slider"], [role="menu"], [role^="menuitem"]')) return 'slider';
  if (target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select') || target.isContentEditable) {
    return 'text';
  }
  return target.matches('button, a, summary, input, [role="button"]') ? 'button' : 'nothing';
}
