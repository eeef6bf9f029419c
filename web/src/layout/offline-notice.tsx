import { WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

/** Says that the device has no network, for as long as that is so. It lies over the page, so nothing moves. */
export function OfflineNotice() {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status" aria-label="Connection">
      {!online && (
        <p className="offline-notice">
          <WifiOff aria-hidden />
          You are offline. FlixTube goes on by itself when you are back.
        </p>
      )}
    </div>
  );
}
