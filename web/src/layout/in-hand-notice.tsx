import { CloudUpload } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Link, useLocation } from 'react-router';
import { inHand, onInHand } from '../upload/in-hand.ts';

/** Says on every other page that uploads go on, and leads back to them. */
export function InHandNotice() {
  const { count, share } = useSyncExternalStore(onInHand, inHand);
  const { pathname } = useLocation();
  if (count === 0 || pathname === '/upload') return null;
  return (
    <aside aria-label="Uploads">
      <Link className="in-hand-notice" to="/upload">
        <CloudUpload aria-hidden />
        Uploading {count === 1 ? 'a video' : `${count} videos`} · {Math.floor(share * 100)} %
      </Link>
    </aside>
  );
}
