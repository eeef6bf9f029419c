import { type RefObject, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { useAnnouncer } from '../ui/announcer.tsx';

/**
 * Does what a browser does by itself when a page is loaded anew: the focus goes to the page, and its title is read.
 * A link within the page, and who types in the search box (`state.keepFocus`), keep the focus where it is.
 */
export function useNavigationFocus(): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const { pathname, state } = useLocation();
  const { announce } = useAnnouncer();
  const before = useRef(pathname);

  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    const keepFocus = Boolean((state as { keepFocus?: boolean } | null)?.keepFocus);
    if (!keepFocus) main.current?.focus({ preventScroll: true });
    // The page sets its title while it is rendered, a frame before this at the latest.
    const frame = requestAnimationFrame(() => announce(document.title));
    return () => cancelAnimationFrame(frame);
  }, [pathname, state, announce]);

  return main;
}
