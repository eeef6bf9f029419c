import { History, Trash2 } from 'lucide-react';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { formatAge, formatBytes } from '../../ui/format.ts';
import type { UnfinishedUpload } from '../../upload/transport.ts';
import { forgetUnfinished } from '../../upload/tus-transport.ts';

/** What was begun earlier and can go on. A page may not open a file by itself: it has to be chosen again. */
export function UnfinishedList({ uploads, onForgotten }: { uploads: UnfinishedUpload[]; onForgotten: () => void }) {
  const { announce } = useAnnouncer();
  if (uploads.length === 0) return null;
  async function forget({ key, fileName }: UnfinishedUpload) {
    await forgetUnfinished(key);
    announce(`The upload of ${fileName} is forgotten`);
    onForgotten();
  }
  return (
    <section className="unfinished" aria-labelledby="unfinished">
      <h2 id="unfinished">Can be resumed</h2>
      <p>Choose the same file again, and its upload goes on where it was.</p>
      <ul>
        {uploads.map((upload) => (
          <li key={upload.key}>
            <History aria-hidden />
            <div className="unfinished-text">
              <p className="unfinished-name">{upload.fileName}</p>
              <p className="field-hint">
                {formatBytes(upload.sizeBytes)} · begun {formatAge(upload.begunAt.toISOString())}
              </p>
            </div>
            <button
              type="button"
              className="icon-button"
              aria-label={`Forget the upload of ${upload.fileName}`}
              title="Forget it"
              onClick={() => void forget(upload)}
            >
              <Trash2 aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
