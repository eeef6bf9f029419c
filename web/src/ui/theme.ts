import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

/** public/theme.js reads it before the first paint. */
const storageKey = 'flixtube.theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemIsDark.matches ? 'dark' : 'light';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  systemIsDark.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    systemIsDark.removeEventListener('change', listener);
  };
}

/** The theme that is shown: the one chosen here, else the system's. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, currentTheme);

/** Chooses a theme from now on; what the system says does not matter any more. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // Storage is blocked: it holds for as long as the page is open.
  }
  for (const listener of listeners) listener();
}
