import { X } from 'lucide-react';
import type { HistoryItem } from '../../api/history.ts';
import { VideoCard } from '../../cards/video-card.tsx';
import { formatDuration } from '../../ui/format.ts';

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** One video that was watched, and a button to forget it. */
export function HistoryEntry({ item, onRemove }: { item: HistoryItem; onRemove: () => void }) {
  const { video, positionSeconds, watchedAt } = item;
  const place = video.durationSeconds
    ? `${formatDuration(positionSeconds)} of ${formatDuration(video.durationSeconds)}`
    : `left at ${formatDuration(positionSeconds)}`;
  return (
    <div className="history-entry" data-video-id={video.id}>
      <VideoCard
        shape="row"
        video={video}
        positionSeconds={positionSeconds}
        meta={`${time.format(new Date(watchedAt))} · ${place}`}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${video.title} from history`}
        title="Remove from history"
        onClick={onRemove}
      >
        <X aria-hidden />
      </button>
    </div>
  );
}
