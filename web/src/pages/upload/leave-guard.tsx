import { useEffect } from 'react';
import type { Blocker } from 'react-router';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

/** Asks before an upload that is under way is lost: by leaving for another page, or by closing this one. */
export function LeaveGuard({ blocker }: { blocker: Blocker }) {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);

  if (blocker.state !== 'blocked') return null;
  return (
    <ConfirmDialog
      title="Stop the upload?"
      action="Stop and leave"
      onConfirm={async () => blocker.proceed()}
      onClose={() => blocker.reset()}
    >
      Your video is still on its way. If you leave now, what was sent of it is lost.
    </ConfirmDialog>
  );
}
