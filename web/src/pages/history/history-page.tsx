import { useInfiniteQuery } from '@tanstack/react-query';
import { History, Trash2, TriangleAlert } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { historyQuery } from '../../api/history.ts';
import { CardSkeleton } from '../../cards/video-card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { PageState, TroubleState, troubleOf } from '../../ui/states.tsx';
import { groupByDay } from './days.ts';
import { HistoryEntry } from './history-entry.tsx';
import { useForget } from './use-forget.ts';
import './history-page.css';

export function HistoryPage() {
  const query = useInfiniteQuery(historyQuery());
  const trouble = troubleOf(query);
  const items = query.data?.pages.flatMap((page) => page.items);
  const heading = useRef<HTMLHeadingElement>(null);
  const forget = useForget(heading);
  const [asking, setAsking] = useState(false);

  return (
    <div className="history-page">
      <title>History · FlixTube</title>
      <header className="history-header">
        <h1 ref={heading} tabIndex={-1}>
          History
        </h1>
        {items && items.length > 0 && (
          <button type="button" className="button" onClick={() => setAsking(true)}>
            <Trash2 aria-hidden />
            Clear history
          </button>
        )}
      </header>
      {forget.error && (
        <div className="notice notice--problem" role="alert">
          <TriangleAlert aria-hidden />
          <p>{forget.error}</p>
        </div>
      )}
      {trouble && <TroubleState {...trouble} onRetry={() => void query.refetch()} />}
      {!trouble && !items && <HistorySkeleton />}
      {items?.length === 0 && !query.hasNextPage && <NothingWatched />}
      {items &&
        groupByDay(items, new Date()).map(({ date, label, items: watched }) => (
          <section key={date} className="history-day" aria-labelledby={`day-${date}`}>
            <h2 id={`day-${date}`}>{label}</h2>
            <ul>
              {watched.map((item) => (
                <li key={item.video.id}>
                  <HistoryEntry item={item} onRemove={() => void forget.one(item)} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      <LoadMore query={query} />
      {asking && (
        <ConfirmDialog
          title="Clear your history?"
          action="Clear history"
          onConfirm={async () => {
            await forget.all();
            setAsking(false);
          }}
          onClose={() => setAsking(false)}
        >
          Everything that you watched is forgotten, and where you left it. This cannot be undone.
        </ConfirmDialog>
      )}
    </div>
  );
}

function NothingWatched() {
  return (
    <PageState
      icon={<History />}
      title="Nothing watched yet"
      actions={
        <Link className="button button--primary" to="/">
          Find something to watch
        </Link>
      }
    >
      <p>What you watch is listed here, so that you can go on where you left it. Nobody else sees it.</p>
    </PageState>
  );
}

function HistorySkeleton() {
  return (
    <ul className="history-day history-skeleton" aria-hidden="true">
      {Array.from({ length: 5 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <li key={index}>
          <CardSkeleton shape="row" />
        </li>
      ))}
    </ul>
  );
}
