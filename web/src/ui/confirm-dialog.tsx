import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';

interface Props {
  title: string;
  children: ReactNode;
  /** What the button says that does it: a verb, not "OK". */
  action: string;
  /** Does it; while it runs the dialog stays, and what it throws is shown. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ title, children, action, onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function confirm() {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      {error && (
        <div className="notice notice--problem" role="alert">
          <TriangleAlert aria-hidden />
          <p>{error}</p>
        </div>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button button--danger" disabled={busy} onClick={confirm}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
