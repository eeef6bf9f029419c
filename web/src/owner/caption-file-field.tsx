import { FileText } from 'lucide-react';
import { type DragEvent, type RefObject, useId, useRef, useState } from 'react';
import { acceptedCaptions } from './caption-file.ts';

interface Props {
  file: File | null;
  onFile: (file: File) => void;
  /** What is wrong with it, in a sentence. */
  problem: string | undefined;
  disabled: boolean;
  /** The button that opens the browser's choice. */
  button: RefObject<HTMLButtonElement | null>;
}

/** Where a captions file is chosen, or dropped. */
export function CaptionFileField({ file, onFile, problem, disabled, button }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const id = useId();
  const state = `${over ? ' captions-file--over' : ''}${problem ? ' captions-file--wrong' : ''}`;

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped && !disabled) onFile(dropped);
  }

  return (
    <div className="field">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first */}
      <div
        className={`captions-file${state}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <button
          ref={button}
          type="button"
          className="button"
          disabled={disabled}
          aria-describedby={`${id}-name ${id}-problem`}
          onClick={() => field.current?.click()}
        >
          <FileText aria-hidden />
          Choose a file
        </button>
        <span id={`${id}-name`} className={`captions-file-name${file ? ' captions-file-name--chosen' : ''}`}>
          {file?.name ?? 'WebVTT or SRT, or drop it here'}
        </span>
        <input
          ref={field}
          className="visually-hidden"
          type="file"
          accept={acceptedCaptions}
          aria-label="Captions file"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          tabIndex={-1}
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) onFile(chosen);
            // The same file can be chosen again after it was mended.
            event.target.value = '';
          }}
        />
      </div>
      <p id={`${id}-problem`} className="field-error" role="alert">
        {problem}
      </p>
    </div>
  );
}
