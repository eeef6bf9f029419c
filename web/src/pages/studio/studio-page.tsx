import { useInfiniteQuery } from '@tanstack/react-query';
import { Clapperboard, TriangleAlert } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { ownVideosQuery } from '../../api/videos.ts';
import { CardSkeleton } from '../../cards/video-card.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { PageState, TroubleState, troubleOf } from '../../ui/states.tsx';
import { StudioEntry } from './studio-entry.tsx';
import { useOutcomesAnnounced } from './use-outcomes-announced.ts';
import './studio-page.css';

/** All that this viewer has uploaded, how far it is, and what can be done with it. */
export function StudioPage() {
  const query = useInfiniteQuery({ ...ownVideosQuery(), refetchOnMount: 'always' });
  const trouble = troubleOf(query);
  const videos = query.data?.pages.flatMap(({ items }) => items);
  const heading = useRef<HTMLHeadingElement>(null);
  const [error, setError] = useState<string | null>(null);
  useOutcomesAnnounced(videos);

  return (
    <div className="studio-page">
      <title>Studio · FlixTube</title>
      <h1 ref={heading} tabIndex={-1}>
        Studio
      </h1>
      {error && (
        <div className="notice notice--problem" role="alert">
          <TriangleAlert aria-hidden />
          <p>{error}</p>
        </div>
      )}
      {trouble && <TroubleState {...trouble} onRetry={() => void query.refetch()} />}
      {!trouble && !videos && <StudioSkeleton />}
      {videos?.length === 0 && !query.hasNextPage && <NothingUploaded />}
      {videos && videos.length > 0 && (
        <ul className="studio-list" aria-label="Your videos, newest first">
          {videos.map((video) => (
            <li key={video.id}>
              <StudioEntry video={video} heading={heading} onError={setError} />
            </li>
          ))}
        </ul>
      )}
      <LoadMore query={query} />
    </div>
  );
}

function NothingUploaded() {
  return (
    <PageState
      icon={<Clapperboard />}
      title="Nothing uploaded yet"
      actions={
        <Link className="button button--primary" to="/upload">
          Upload a video
        </Link>
      }
    >
      <p>
        What you upload is listed here, with how far its processing is. You can change it here, and say who may see it.
      </p>
    </PageState>
  );
}

function StudioSkeleton() {
  return (
    <ul className="studio-list" aria-hidden="true">
      {Array.from({ length: 5 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <li key={index}>
          <div className="studio-entry">
            <CardSkeleton shape="row" />
            <div className="studio-state" />
            <div className="studio-actions" />
          </div>
        </li>
      ))}
    </ul>
  );
}
