import { FileVideo } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatBytes } from '../ui/format.ts';
import './file-preview.css';

/** The chosen file: a look at it, where this browser can, its name and its size. */
export function FilePreview({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  const [unplayable, setUnplayable] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    setUnplayable(false);
    return () => URL.revokeObjectURL(made);
  }, [file]);

  return (
    <div className="file-preview">
      <div className="file-preview-picture" aria-hidden="true">
        {url && !unplayable ? (
          <video src={`${url}#t=1`} muted playsInline preload="metadata" onError={() => setUnplayable(true)} />
        ) : (
          <FileVideo />
        )}
      </div>
      <div className="file-preview-text">
        <p className="file-preview-name">{file.name}</p>
        <p className="file-preview-size">{formatBytes(file.size)}</p>
        {unplayable && <p className="file-preview-size">Plays here once it is processed</p>}
      </div>
    </div>
  );
}
