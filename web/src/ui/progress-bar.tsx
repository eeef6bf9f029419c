import './progress-bar.css';

interface Props {
  /** 0 to 1. */
  share: number;
  label: string;
  /** It stands at its end, and still something is done. */
  finishing?: boolean;
  thin?: boolean;
}

/** How much of something is done. */
export function ProgressBar({ share, label, finishing = false, thin = false }: Props) {
  const modifiers = `${finishing ? ' progress-bar--finishing' : ''}${thin ? ' progress-bar--thin' : ''}`;
  return (
    <div
      className={`progress-bar${modifiers}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(share * 100)}
    >
      <div className="progress-bar-done" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
