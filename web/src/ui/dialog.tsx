import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import './dialog.css';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** What it weighs: a question is narrow, a form has more room. */
  size?: 'question' | 'form';
}

/**
 * A modal dialog, there for as long as it is rendered. The browser's own `<dialog>` keeps the focus inside, makes the
 * rest inert, closes on Escape and gives the focus back.
 */
export function Dialog({ title, onClose, children, size = 'question' }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // Before it is taken out of the page: a dialog that is removed while it is open does not give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={element}
      className={`dialog dialog--${size}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // A file field inside has a cancel event of its own, which bubbles.
        if (event.target !== element.current) return;
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-header">
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <X aria-hidden />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
