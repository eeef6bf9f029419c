import { type RefObject, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { useAnnouncer } from '../ui/announcer.tsx';

/** What index.html is called: the title of no page, but while one is loading. */
const noTitle = 'FlixTube';

/**
 * Does what a browser does by itself when a page is loaded anew: the focus goes to the page, and its title is read.
 * A link within the page, and who types in the search box (`state.keepFocus`), keep the focus where it is.
 */
export function useNavigationFocus(): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const { pathname, state } = useLocation();
  const { announce } = useAnnouncer();
  const before = useRef(pathname);
  const keepFocus = Boolean((state as { keepFocus?: boolean } | null)?.keepFocus);

  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    if (!keepFocus) main.current?.focus({ preventScroll: true });
    return onceTitled(announce);
  }, [pathname, keepFocus, announce]);

  return main;
}

/** Tells the page's title as soon as it has one: a video's is known only when the video is. */
function onceTitled(tell: (title: string) => void): () => void {
  const observer = new MutationObserver(look);
  function look() {
    if (document.title === noTitle) return;
    observer.disconnect();
    tell(document.title);
  }
  observer.observe(document.head, { childList: true, subtree: true, characterData: true });
  look();
  return () => observer.disconnect();
}
