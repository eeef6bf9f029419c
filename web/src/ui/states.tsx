import { RotateCw, TriangleAlert, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import './states.css';

interface StateProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  /** Buttons or links: what to do now. */
  actions?: ReactNode;
  /** How deep it stands: the page's own heading, or one below it. */
  heading?: 'h1' | 'h2';
  role?: 'alert';
}

/** What stands where there is nothing to show, and says why, and what to do. */
export function PageState({ icon, title, children, actions, heading: Heading = 'h2', role }: StateProps) {
  return (
    <div className="state" role={role}>
      <div className="state-icon" aria-hidden="true">
        {icon}
      </div>
      <Heading className="state-title">{title}</Heading>
      <div className="state-text">{children}</div>
      {actions && <div className="state-actions">{actions}</div>}
    </div>
  );
}

interface TroubleProps {
  error: Error;
  /** It is being tried again all the time; else somebody has to ask for it. */
  retrying: boolean;
  onRetry: () => void;
  heading?: 'h1' | 'h2';
}

/** What the API did not do, and the way on. */
export function TroubleState({ error, retrying, onRetry, heading = 'h2' }: TroubleProps) {
  const unreachable = error instanceof ApiError && error.status === 0;
  const title = error instanceof ApiError ? error.title : 'Something went wrong';
  return (
    <PageState
      role="alert"
      heading={heading}
      icon={unreachable ? <WifiOff /> : <TriangleAlert />}
      title={title}
      actions={
        <button type="button" className="button button--primary" onClick={onRetry}>
          <RotateCw aria-hidden />
          Try now
        </button>
      }
    >
      <p>
        {error.message}
        {retrying && ' This page keeps trying, and goes on by itself.'}
      </p>
      {error instanceof ApiError && error.traceId && <p className="state-trace">Trace {error.traceId}</p>}
    </PageState>
  );
}

interface Query {
  status: 'pending' | 'error' | 'success';
  error: Error | null;
  failureCount: number;
  failureReason: Error | null;
}

/**
 * What is wrong with a query that has nothing to show: its error, or why it has been tried in vain more than once.
 * A single failure is not worth a word.
 */
export function troubleOf(query: Query): { error: Error; retrying: boolean } | null {
  if (query.status === 'error' && query.error) return { error: query.error, retrying: false };
  if (query.status === 'pending' && query.failureCount > 1 && query.failureReason) {
    return { error: query.failureReason, retrying: true };
  }
  return null;
}
