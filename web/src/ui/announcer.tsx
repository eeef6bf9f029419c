import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import './announcer.css';

interface Announcer {
  /** Says something to who listens with a screen reader. */
  announce: (message: string) => void;
  /** Says it, and shows it for a while at the foot of the window. */
  toast: (message: string) => void;
}

const AnnouncerContext = createContext<Announcer>({ announce: () => {}, toast: () => {} });

/** How long a toast stays, in milliseconds. */
const toastTime = 5000;

export const useAnnouncer = (): Announcer => useContext(AnnouncerContext);

/** The one live region of the app. It has to be there before it speaks, so it stands around everything else. */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [spoken, setSpoken] = useState('');
  const [shown, setShown] = useState<{ message: string; id: number } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const announce = useCallback((message: string) => {
    // The same words again would not be a change, and would not be read.
    setSpoken((before) => (before === message ? `${message}\u00a0` : message));
  }, []);

  const announcer = useMemo<Announcer>(
    () => ({
      announce,
      toast: (message) => {
        announce(message);
        clearTimeout(timer.current);
        setShown((before) => ({ message, id: (before?.id ?? 0) + 1 }));
        timer.current = setTimeout(() => setShown(null), toastTime);
      },
    }),
    [announce],
  );

  return (
    <AnnouncerContext value={announcer}>
      {children}
      <div className="visually-hidden" role="status" aria-label="Announcements">
        {spoken}
      </div>
      {shown && (
        <div key={shown.id} className="toast" aria-hidden="true">
          {shown.message}
        </div>
      )}
    </AnnouncerContext>
  );
}
