import type { Video } from '@flixtube/contracts/http/video';
import { Globe, Link2, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { formatAge, formatViews, spokenDuration } from '../ui/format.ts';
import { Thumbnail } from './thumbnail.tsx';
import './video-card.css';

interface Props {
  video: Video;
  /** Where the viewer left it, in seconds. */
  positionSeconds?: number;
  /** A card stands in a grid, a row in a list beside something. */
  shape?: 'card' | 'row';
  /** What stands under the title instead of views and age. */
  meta?: ReactNode;
  heading?: 'h2' | 'h3';
  /** Who can see it is said also of a public one. */
  alwaysTagged?: boolean;
}

/** A video to choose. Its link is named by its title, and nothing else. */
export function VideoCard({
  video,
  positionSeconds,
  shape = 'card',
  meta,
  heading: Heading = 'h3',
  alwaysTagged,
}: Props) {
  const duration = video.durationSeconds;
  return (
    <article className={`video-${shape}`}>
      <Thumbnail key={video.id} video={video} positionSeconds={positionSeconds} />
      <div className="video-text">
        <Heading className="video-title" title={video.title}>
          <Link className="video-link" to={`/watch/${video.id}`} state={{ play: true }}>
            {video.title}
          </Link>
        </Heading>
        <p className="video-meta">
          {meta ?? `${formatViews(video.viewCount)} · ${formatAge(video.createdAt)}`}
          {duration !== null && <span className="visually-hidden">, {spokenDuration(duration)} long</span>}
          {(alwaysTagged || video.visibility !== 'public') && <VisibilityTag visibility={video.visibility} />}
        </p>
      </div>
    </article>
  );
}

const tags = {
  public: { icon: Globe, label: 'Public' },
  unlisted: { icon: Link2, label: 'Unlisted' },
  private: { icon: Lock, label: 'Private' },
};

/** Who can see a video, where that is worth a word. */
export function VisibilityTag({ visibility }: { visibility: Video['visibility'] }) {
  const { icon: Icon, label } = tags[visibility];
  return (
    <span className="video-tag">
      <Icon aria-hidden />
      {label}
    </span>
  );
}

/** Stands in for a card of the same size until it is there. */
export function CardSkeleton({ shape = 'card' }: { shape?: 'card' | 'row' }) {
  return (
    <div className={`video-${shape} video-skeleton`} aria-hidden="true">
      <div className="thumbnail skeleton" />
      <div className="video-text">
        <div className="video-title">
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
        </div>
        <p className="video-meta">
          <span className="skeleton skeleton-line" />
        </p>
      </div>
    </div>
  );
}
