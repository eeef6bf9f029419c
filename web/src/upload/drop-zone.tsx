import { CloudUpload } from 'lucide-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import { acceptedFiles } from './video-file.ts';
import './drop-zone.css';

interface Props {
  onFiles: (files: File[]) => void;
  /** Why files were not taken, a sentence each. */
  refusals: readonly string[];
  /** There are files already: it steps back. */
  small: boolean;
  /** What the server takes at most, for a person; null while it is not known. */
  limit: string | null;
}

/** Where files are chosen, or dropped. */
export function DropZone({ onFiles, refusals, small, limit }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const refusalId = useId();

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first
    <div
      className={`drop-zone${small ? ' drop-zone--small' : ''}${over ? ' drop-zone--over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="drop-zone-icon" aria-hidden="true">
        <CloudUpload />
      </div>
      <div className="drop-zone-text">
        <p className="drop-zone-title">{small ? 'More videos?' : 'Drop videos here'}</p>
        <p className="drop-zone-hint">
          {small ? 'Drop them here, or choose them' : 'MP4, WebM, MOV, MKV and others'}
          {limit && !small && `, ${limit} each at most`}
        </p>
      </div>
      <button
        type="button"
        className={small ? 'button' : 'button button--primary button--large'}
        onClick={() => field.current?.click()}
      >
        {small ? 'Add videos' : 'Choose videos'}
      </button>
      <input
        ref={field}
        className="visually-hidden"
        type="file"
        multiple
        accept={acceptedFiles}
        aria-label="Video file"
        aria-describedby={refusalId}
        tabIndex={-1}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file can be chosen again after it was refused.
          event.target.value = '';
        }}
      />
      <div id={refusalId} className="drop-zone-refusal field-error" role="alert">
        {refusals.map((refusal) => (
          <p key={refusal}>{refusal}</p>
        ))}
      </div>
    </div>
  );
}
