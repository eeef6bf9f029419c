import { Compass } from 'lucide-react';
import { Link } from 'react-router';
import { PageState } from '../ui/states.tsx';

export function NotFoundPage() {
  return (
    <>
      <title>Page not found · FlixTube</title>
      <PageState
        heading="h1"
        icon={<Compass />}
        title="There is no page here"
        actions={
          <Link className="button button--primary" to="/">
            See what is on
          </Link>
        }
      >
        <p>The address may be mistyped, or the page has moved. The search box above finds every public video.</p>
      </PageState>
    </>
  );
}
