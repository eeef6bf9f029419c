import { Check, Share2 } from 'lucide-react';
import { useState } from 'react';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Copies the video's address; where the browser does not let us, shows it to be copied by hand. */
export function ShareButton({ videoId }: { videoId: string }) {
  const { toast } = useAnnouncer();
  const [copied, setCopied] = useState(false);
  const [byHand, setByHand] = useState(false);
  const url = new URL(`/watch/${videoId}`, location.origin).href;

  async function copy() {
    try {
      // Browsers have it on https and localhost only.
      await navigator.clipboard.writeText(url);
      setCopied(true);
      toast('Link copied');
    } catch {
      setByHand(true);
    }
  }

  return (
    <>
      <button type="button" className="button" onClick={copy} onBlur={() => setCopied(false)}>
        {copied ? <Check aria-hidden /> : <Share2 aria-hidden />}
        Share
      </button>
      {byHand && (
        <Dialog title="Share this video" onClose={() => setByHand(false)}>
          <label className="field">
            <span className="field-label">Link</span>
            <input className="input" readOnly value={url} onFocus={(event) => event.target.select()} />
            <span className="field-hint">Copy it with Ctrl+C, or Cmd+C on a Mac.</span>
          </label>
        </Dialog>
      )}
    </>
  );
}
