import { useEffect } from 'react';
import { useAnnouncer } from '../ui/announcer.tsx';

export interface FeedbackMessage {
  text: string;
  /** Grows, so that the same again is shown again. */
  id: number;
}

/** Shows for a moment what a key did. */
export function Feedback({ message }: { message: FeedbackMessage | null }) {
  const { announce } = useAnnouncer();
  useEffect(() => {
    if (message) announce(message.text);
  }, [message, announce]);
  if (!message) return null;
  return (
    <div key={message.id} className="player-feedback" aria-hidden="true">
      {message.text}
    </div>
  );
}
