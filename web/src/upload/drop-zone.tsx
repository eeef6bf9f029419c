import { CloudUpload } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
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

/**
 * Where files are chosen, or dropped. All of the page takes what is dropped: beside a zone of its own a browser would open
 * the file in place of the page, and end what is being sent.
 */
export function DropZone({ onFiles, refusals, small, limit }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const refusalId = useId();

  const hover = useEffectEvent((event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(true);
  });
  const leave = useEffectEvent((event: DragEvent) => {
    // Out of the window; else it is over another part of the page now.
    if (event.relatedTarget === null) setOver(false);
  });
  const drop = useEffectEvent((event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(false);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
  useEffect(() => {
    const listening = new AbortController();
    addEventListener('dragover', (event) => hover(event), listening);
    addEventListener('dragleave', (event) => leave(event), listening);
    addEventListener('drop', (event) => drop(event), listening);
    return () => listening.abort();
  }, []);

  return (
    <div className={`drop-zone${small ? ' drop-zone--small' : ''}${over ? ' drop-zone--over' : ''}`}>
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

/** Not a text, say, that is moved from one field to another. */
const carriesFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
