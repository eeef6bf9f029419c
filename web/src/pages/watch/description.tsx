import { useId, useLayoutEffect, useRef, useState } from 'react';
import { linkify } from './linkify.ts';

/** A description: four lines of it, and the rest when asked for. */
export function Description({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const [long, setLong] = useState(false);
  const body = useRef<HTMLParagraphElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const element = body.current;
    if (!element || open) return;
    const measure = () => setLong(element.scrollHeight > element.clientHeight + 1);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [open]);

  if (!text) return <p className="watch-no-description">No description.</p>;
  return (
    <>
      <p ref={body} id={id} className={open ? 'watch-description' : 'watch-description watch-description--short'}>
        {linkify(text).map(({ start, text: piece, href }) =>
          href ? (
            <a key={start} className="text-link" href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {piece}
            </a>
          ) : (
            piece
          ),
        )}
      </p>
      {long && (
        <button
          type="button"
          className="watch-more"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Show less' : 'Show more'}
        </button>
      )}
    </>
  );
}
