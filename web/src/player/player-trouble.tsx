import { Download, RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Trouble } from './recovery.ts';

interface Props {
  trouble: Trouble;
  retryAt: number | null;
  retry: () => void;
  file: string;
}

const titles: Record<Trouble['kind'], string> = {
  connection: 'The video stopped coming',
  format: 'This video cannot be played here',
  refused: 'This video is not available',
};

/** Lies over the picture when it does not go on: what happened, and what to do. */
export function PlayerTrouble({ trouble, retryAt, retry, file }: Props) {
  return (
    <div className="player-trouble">
      <div role="alert">
        <p className="player-trouble-title">{titles[trouble.kind]}</p>
        <p>{trouble.detail}</p>
      </div>
      {retryAt !== null && <Countdown until={retryAt} />}
      <div className="player-trouble-actions">
        {trouble.kind === 'format' && (
          <a className="button" href={file} download>
            <Download aria-hidden />
            Download it
          </a>
        )}
        <button type="button" className="button button--primary" onClick={retry}>
          <RotateCw aria-hidden />
          Try now
        </button>
      </div>
    </div>
  );
}

function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return <p>{seconds > 0 ? `Trying again in ${seconds} s, from where you were.` : 'Trying again…'}</p>;
}
