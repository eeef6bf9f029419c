import { Bug, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { Wordmark } from '../ui/brand.tsx';
import { PageState } from '../ui/states.tsx';
import './layout.css';

/** What is left when a page broke, or could not be loaded. It uses nothing that may be what is broken. */
export function CrashPage() {
  // What could not be loaded without a network can when it is back.
  useEffect(() => {
    const reload = () => location.reload();
    addEventListener('online', reload);
    return () => removeEventListener('online', reload);
  }, []);
  return (
    <>
      <title>Something broke · FlixTube</title>
      <header className="site-header">
        <div className="site-header-row">
          <a href="/" className="brand" aria-label="FlixTube, home">
            <Wordmark />
          </a>
        </div>
      </header>
      <main>
        <PageState
          heading="h1"
          role="alert"
          icon={<Bug />}
          title="This page broke"
          actions={
            <>
              <button type="button" className="button button--primary" onClick={() => location.reload()}>
                <RotateCw aria-hidden />
                Reload
              </button>
              <a className="button" href="/">
                Go home
              </a>
            </>
          }
        >
          <p>Either it could not be loaded, or it has a fault. Reloading helps with the first, and often with both.</p>
        </PageState>
      </main>
    </>
  );
}
