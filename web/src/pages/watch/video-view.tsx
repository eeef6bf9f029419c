import type { Video } from '@flixtube/contracts/http/video';
import { useQuery } from '@tanstack/react-query';
import { Download, Keyboard } from 'lucide-react';
import { useState } from 'react';
import { sessionQuery } from '../../api/session.ts';
import { VisibilityTag } from '../../cards/video-card.tsx';
import { Player } from '../../player/player.tsx';
import { formatAge, formatViews } from '../../ui/format.ts';
import { Description } from './description.tsx';
import { OwnerActions } from './owner-actions.tsx';
import { ProcessingState } from './processing-state.tsx';
import { ShareButton } from './share-button.tsx';

interface Props {
  video: Video;
  etag: string | null;
  /** Where to begin, in seconds. */
  startAt: number;
  autoplay: boolean;
  /** What to go on with. */
  others: readonly Video[];
}

const fullDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

/** A video, and what is known of it. */
export function VideoView({ video, etag, startAt, autoplay, others }: Props) {
  const [help, setHelp] = useState(false);
  const { data: session } = useQuery(sessionQuery());
  const owned = session !== undefined && ownedBy(video, [session.viewerId, session.user?.id]);
  return (
    <div className="watch-main">
      <title>{`${video.title} · FlixTube`}</title>
      <Player {...{ video, startAt, autoplay, others }} helpOpen={help} onHelp={setHelp} />
      <div className="watch-header">
        <h1 className="watch-title">{video.title}</h1>
        <p className="watch-facts">
          <span>{formatViews(video.viewCount)}</span>
          <time dateTime={video.createdAt} title={fullDate.format(new Date(video.createdAt))}>
            {formatAge(video.createdAt)}
          </time>
          {video.visibility !== 'public' && <VisibilityTag visibility={video.visibility} />}
        </p>
        <div className="watch-actions">
          <ShareButton videoId={video.id} />
          {owned && <OwnerActions video={video} etag={etag} />}
          <a className="icon-button" href={video.links.file} download aria-label="Download" title="Download">
            <Download aria-hidden />
          </a>
          <button
            type="button"
            className="icon-button watch-keys"
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
            onClick={() => setHelp(true)}
          >
            <Keyboard aria-hidden />
          </button>
        </div>
      </div>
      <ProcessingState video={video} owned={owned} />
      <section className="watch-about" aria-label="About this video">
        <Description text={video.description} />
      </section>
    </div>
  );
}

const ownedBy = ({ owner }: Video, ids: (string | undefined)[]) => owner !== null && ids.includes(owner.id);
