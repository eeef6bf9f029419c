import type { Video } from '@flixtube/contracts/http/video';
import type { RefObject } from 'react';
import { VideoCard } from '../../cards/video-card.tsx';
import { formatViews } from '../../ui/format.ts';
import { StudioActions } from './studio-actions.tsx';
import { StudioState } from './studio-state.tsx';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

interface Props {
  video: Video;
  /** Where the focus goes when there is no video any more. */
  heading: RefObject<HTMLElement | null>;
  /** Shows what did not work; null when it is no longer of interest. */
  onError: (sentence: string | null) => void;
}

/** One of the viewer's own videos: what it is, how far it is, what can be done with it. */
export function StudioEntry({ video, heading, onError }: Props) {
  const created = new Date(video.createdAt);
  return (
    <div className="studio-entry" data-video-id={video.id}>
      <VideoCard
        shape="row"
        heading="h2"
        video={video}
        alwaysTagged
        meta={
          <>
            <span>{formatViews(video.viewCount)}</span>
            <time dateTime={video.createdAt} title={moment.format(created)}>
              {day.format(created)}
            </time>
          </>
        }
      />
      <StudioState video={video} />
      <StudioActions video={video} heading={heading} onError={onError} />
    </div>
  );
}
