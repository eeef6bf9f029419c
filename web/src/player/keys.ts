/** What a key does to the player. */
export type Command =
  | { do: 'toggle-play' | 'toggle-mute' | 'toggle-fullscreen' | 'toggle-captions' | 'help' | 'search' }
  | { do: 'toggle-theatre' | 'toggle-pip' | 'next' }
  | { do: 'frame'; step: 1 | -1 }
  | { do: 'seek-by'; seconds: number }
  | { do: 'seek-to'; share: number }
  | { do: 'volume-by'; share: number }
  | { do: 'speed'; step: 1 | -1 }
  | { do: 'chapter'; step: 1 | -1 };

interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** What has the focus: in the player or elsewhere, and whether it uses keys itself. */
export interface Focus {
  inPlayer: boolean;
  on: 'text' | 'slider' | 'button' | 'nothing';
}

const letters: Record<string, Command> = {
  k: { do: 'toggle-play' },
  j: { do: 'seek-by', seconds: -10 },
  l: { do: 'seek-by', seconds: 10 },
  m: { do: 'toggle-mute' },
  f: { do: 'toggle-fullscreen' },
  t: { do: 'toggle-theatre' },
  i: { do: 'toggle-pip' },
  c: { do: 'toggle-captions' },
  ',': { do: 'frame', step: -1 },
  '.': { do: 'frame', step: 1 },
  '<': { do: 'speed', step: -1 },
  '>': { do: 'speed', step: 1 },
  '?': { do: 'help' },
  '/': { do: 'search' },
};

const arrows: Record<string, Command> = {
  ArrowLeft: { do: 'seek-by', seconds: -5 },
  ArrowRight: { do: 'seek-by', seconds: 5 },
};

const arrowsWithCtrl: Record<string, Command> = {
  ArrowLeft: { do: 'chapter', step: -1 },
  ArrowRight: { do: 'chapter', step: 1 },
};

const inPlayerOnly: Record<string, Command> = {
  ArrowUp: { do: 'volume-by', share: 0.05 },
  ArrowDown: { do: 'volume-by', share: -0.05 },
  Home: { do: 'seek-to', share: 0 },
  End: { do: 'seek-to', share: 1 },
};

/**
 * What a key means for the player, null when it is not meant for it. Keys that a page or a control needs stay theirs:
 * up, down, Home and End scroll unless the focus is in the player, space presses the button and arrows move the slider that has
 * it. Letters can be turned off (WCAG 2.1.4).
 */
export function commandOf(event: Key, focus: Focus, lettersOn: boolean): Command | null {
  if (event.metaKey || event.altKey || focus.on === 'text') return null;
  if (event.ctrlKey) return arrowsWithCtrl[event.key] ?? null;
  if (event.key === ' ') return focus.on === 'nothing' ? { do: 'toggle-play' } : null;
  if (event.key in arrows || event.key in inPlayerOnly) {
    if (focus.on === 'slider') return null;
    return arrows[event.key] ?? (focus.inPlayer ? (inPlayerOnly[event.key] ?? null) : null);
  }
  if (!lettersOn) return null;
  if (event.shiftKey && event.key.toLowerCase() === 'n') return { do: 'next' };
  if (/^\d$/.test(event.key)) return { do: 'seek-to', share: Number(event.key) / 10 };
  return letters[event.key.toLowerCase()] ?? null;
}

/** Whether a key that is held goes on doing this; else it would turn something off and on again. */
export const mayRepeat = (command: Command): boolean =>
  command.do === 'seek-by' || command.do === 'volume-by' || command.do === 'frame';

/** The speeds to choose from. */
export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The next faster or slower speed; the same at the ends. */
export function nextSpeed(current: number, step: 1 | -1): number {
  const further = step > 0 ? speeds.find((speed) => speed > current) : speeds.findLast((speed) => speed < current);
  return further ?? current;
}

/** What the help lists, in the order in which one learns it. */
export const shortcuts: { keys: string[]; does: string }[] = [
  { keys: ['Space', 'K'], does: 'Play or pause' },
  { keys: ['←', '→'], does: 'Back or forward 5 seconds' },
  { keys: ['Ctrl + ←', 'Ctrl + →'], does: 'Previous or next chapter, where there are any' },
  { keys: ['J', 'L'], does: 'Back or forward 10 seconds' },
  { keys: ['↑', '↓'], does: 'Louder or quieter, with the focus in the player' },
  { keys: ['M'], does: 'Sound off or on' },
  { keys: ['F'], does: 'Full screen' },
  { keys: ['T'], does: 'Theatre: as wide as the window' },
  { keys: ['I'], does: 'Picture in picture' },
  { keys: ['C'], does: 'Captions, where there are any' },
  { keys: ['Home', 'End'], does: 'To the beginning or the end, with the focus in the player' },
  { keys: ['0 – 9'], does: 'Jump to 0\u00a0% … 90\u00a0%' },
  { keys: ['<', '>'], does: 'Slower or faster' },
  { keys: [',', '.'], does: 'One picture back or forward, while paused' },
  { keys: ['Shift + N'], does: 'The next video' },
  { keys: ['/'], does: 'Search' },
  { keys: ['?'], does: 'This list' },
];
