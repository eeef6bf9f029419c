import { useEffect, useRef } from 'react';
import { useAnnouncer } from '../ui/announcer.tsx';
import { formatBytes, formatTimeLeft } from '../ui/format.ts';
import type { UploadState } from './use-upload.ts';
import './upload-progress.css';

/** How far an upload is. It is read out at each quarter only: all of it would be noise. */
export function UploadProgress({ state }: { state: Extract<UploadState, { step: 'sending' | 'finishing' }> }) {
  const fraction = state.step === 'finishing' ? 1 : state.sentBytes / state.totalBytes;
  const percent = Math.floor(fraction * 100);
  useQuartersAnnounced(percent);
  return (
    <div className="upload-progress">
      <div
        className={state.step === 'finishing' ? 'upload-bar upload-bar--finishing' : 'upload-bar'}
        role="progressbar"
        aria-label="Upload progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div className="upload-bar-done" style={{ width: `${fraction * 100}%` }} />
      </div>
      <p className="upload-figures">
        <strong>{percent} %</strong>
        <span>{figures(state)}</span>
      </p>
    </div>
  );
}

function figures(state: Extract<UploadState, { step: 'sending' | 'finishing' }>): string {
  if (state.step === 'finishing') return 'All sent. Making sure that it is stored…';
  const { sentBytes, totalBytes, bytesPerSecond, secondsLeft } = state;
  const parts = [`${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`];
  if (bytesPerSecond !== null) parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  parts.push(secondsLeft === null ? 'working out the time left' : formatTimeLeft(secondsLeft));
  return parts.join(' · ');
}

function useQuartersAnnounced(percent: number) {
  const { announce } = useAnnouncer();
  const quarter = Math.floor(percent / 25);
  const said = useRef(0);
  useEffect(() => {
    if (quarter <= said.current) return;
    said.current = quarter;
    announce(quarter === 4 ? 'All sent, being stored' : `${quarter * 25} percent uploaded`);
  }, [quarter, announce]);
}
