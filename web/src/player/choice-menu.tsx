import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import 'media-chrome/menu/media-chrome-menu';
import 'media-chrome/menu/media-chrome-menu-item';

interface Props {
  /** By which its button names it (`invoketarget`). */
  id: string;
  /** The id of that button. */
  button: string;
  label: string;
  choices: readonly { key: string | number; text: ReactNode }[];
  /** The index of what is chosen; -1 when nothing is. */
  current: number;
  onChoose: (index: number) => void;
}

/** A menu over the picture of which one thing is chosen. */
export function ChoiceMenu({ id, button, label, choices, current, onChoose }: Props) {
  const menu = useRef<HTMLElement>(null);
  // Also what is chosen already. The menu tells only of others, and lets no click through.
  const choose = useEffectEvent((event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Enter' && event.key !== ' ') return;
    const item = (event.target as Element).closest<HTMLElement>('[data-choice]');
    if (item) onChoose(Number(item.dataset.choice));
  });

  useEffect(() => {
    const element = menu.current;
    const leaving = new AbortController();
    for (const event of ['click', 'keydown']) {
      element?.addEventListener(event, (happened) => choose(happened), { capture: true, signal: leaving.signal });
    }
    // A menu that stands alone has no way back to another.
    element?.shadowRoot?.querySelector<HTMLElement>('[part~="back"]')?.style.setProperty('display', 'none');
    return () => leaving.abort();
  }, []);

  return (
    <media-chrome-menu ref={menu} id={id} hidden anchor={button} aria-label={label}>
      {choices.map(({ key, text }, index) => (
        <media-chrome-menu-item key={key} type="radio" data-choice={index} checked={index === current}>
          {text}
        </media-chrome-menu-item>
      ))}
    </media-chrome-menu>
  );
}
