import type { VideoSort } from '@flixtube/contracts/http/video-list';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Clapperboard, Upload } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { videosQuery } from '../../api/videos.ts';
import { gridOf } from '../../cards/grid-of.ts';
import { VideoGrid } from '../../cards/video-grid.tsx';
import { PageState, TroubleState, troubleOf } from '../../ui/states.tsx';
import { ContinueWatching, useContinueWatching } from './continue-watching.tsx';
import './home-page.css';

const sorts: { sort: VideoSort; label: string }[] = [
  { sort: 'newest', label: 'Newest' },
  { sort: 'popular', label: 'Popular' },
  { sort: 'trending', label: 'Trending' },
];

export function HomePage() {
  const [search] = useSearchParams();
  const sort = sorts.find((known) => known.sort === search.get('sort'))?.sort ?? 'newest';
  const query = useInfiniteQuery(videosQuery({ sort }));
  const unfinished = useContinueWatching();
  const trouble = troubleOf(query);
  const empty = query.data?.pages[0]?.items.length === 0;

  if (empty) return <FirstStart />;
  if (unfinished.imminent) return <title>Home · FlixTube</title>;
  const grid = gridOf(query);
  // All at once, or the row above would push the grid down under the viewer's eyes.
  const videos = unfinished.settled ? grid.videos : undefined;
  return (
    <>
      <title>Home · FlixTube</title>
      <h1 className="visually-hidden">Videos on FlixTube</h1>
      <ContinueWatching unfinished={unfinished} />
      <SortTabs current={sort} />
      {trouble ? (
        <TroubleState {...trouble} onRetry={() => void query.refetch()} />
      ) : (
        <VideoGrid {...grid} videos={videos} label={`Videos, ${sort} first`} heading="h2" />
      )}
    </>
  );
}

function SortTabs({ current }: { current: VideoSort }) {
  return (
    <nav className="sort-tabs" aria-label="Sort videos">
      {sorts.map(({ sort, label }) => (
        <Link
          key={sort}
          className="sort-tab"
          to={sort === 'newest' ? '/' : `/?sort=${sort}`}
          replace
          preventScrollReset
          aria-current={sort === current ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

function FirstStart() {
  return (
    <>
      <title>Home · FlixTube</title>
      <PageState
        heading="h1"
        icon={<Clapperboard />}
        title="The screen is yours"
        actions={
          <Link className="button button--primary button--large" to="/upload">
            <Upload aria-hidden />
            Upload the first video
          </Link>
        }
      >
        <p>Nobody has put a video here yet. Upload one: it can be watched as soon as it has arrived.</p>
      </PageState>
    </>
  );
}
