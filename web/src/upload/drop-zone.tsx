import { CloudUpload } from 'lucide-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import { acceptedFiles } from './video-file.ts';
import './drop-zone.css';

interface Props {
  onFile: (file: File) => void;
  /** Why the last file was not taken. */
  refusal: string | null;
}

/** Where a file is chosen, or dropped. */
export function DropZone({ onFile, refusal }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const refusalId = useId();

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first
    <div
      className={over ? 'drop-zone drop-zone--over' : 'drop-zone'}
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
      <p className="drop-zone-title">Drop a video here</p>
      <p className="drop-zone-hint">MP4, WebM, MOV, MKV and others</p>
      <button type="button" className="button button--primary button--large" onClick={() => field.current?.click()}>
        Choose a video
      </button>
      <input
        ref={field}
        className="visually-hidden"
        type="file"
        accept={acceptedFiles}
        aria-label="Video file"
        aria-describedby={refusalId}
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onFile(file);
          // The same file can be chosen again after it was refused.
          event.target.value = '';
        }}
      />
      <p id={refusalId} className="drop-zone-refusal field-error" role="alert">
        {refusal}
      </p>
    </div>
  );
}
