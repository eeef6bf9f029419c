import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Search, SearchX } from 'lucide-react';
import { useEffect } from 'react';
import { Link, useSearchParams } from 'react-router';
import { videosQuery } from '../../api/videos.ts';
import { gridOf } from '../../cards/grid-of.ts';
import { VideoGrid } from '../../cards/video-grid.tsx';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { PageState, TroubleState, troubleOf } from '../../ui/states.tsx';
import './search-page.css';

export function SearchPage() {
  const [search] = useSearchParams();
  const query = search.get('query')?.trim() ?? '';
  return query ? <Results query={query} /> : <NothingAsked />;
}

function Results({ query }: { query: string }) {
  // What was found so far stays until the next is there: results change, they do not blink.
  const results = useInfiniteQuery({ ...videosQuery({ query }), placeholderData: keepPreviousData });
  const trouble = troubleOf(results);
  const grid = gridOf(results);
  const summary = results.isPlaceholderData ? undefined : grid.videos && countOf(grid.videos.length, grid.hasMore);
  useAnnounced(summary && `${summary} for ${query}`);

  return (
    <>
      <title>{`${query} · Search · FlixTube`}</title>
      <header className="search-header">
        <h1>
          Results for <q>{query}</q>
        </h1>
        <p>{summary ?? (trouble ? '' : 'Searching…')}</p>
      </header>
      {trouble && <TroubleState {...trouble} onRetry={() => void results.refetch()} />}
      {!trouble && grid.videos?.length === 0 && <NothingFound query={query} />}
      {!trouble && grid.videos?.length !== 0 && <VideoGrid {...grid} label="Search results" heading="h2" />}
    </>
  );
}

function countOf(count: number, hasMore: boolean): string {
  if (count === 0) return 'No videos';
  if (hasMore) return `More than ${count} videos`;
  return count === 1 ? '1 video' : `${count} videos`;
}

function useAnnounced(message: string | undefined) {
  const { announce } = useAnnouncer();
  useEffect(() => {
    if (message) announce(message);
  }, [message, announce]);
}

function NothingFound({ query }: { query: string }) {
  return (
    <PageState
      icon={<SearchX />}
      title="Nothing found"
      actions={
        <Link className="button" to="/">
          See all videos
        </Link>
      }
    >
      <p>
        No title or description has words that begin like <q>{query}</q>. Fewer or shorter words find more.
      </p>
    </PageState>
  );
}

function NothingAsked() {
  return (
    <>
      <title>Search · FlixTube</title>
      <PageState heading="h1" icon={<Search />} title="What would you like to watch?">
        <p>Type in the box above: results follow as you type. The beginning of a word is enough.</p>
      </PageState>
    </>
  );
}
