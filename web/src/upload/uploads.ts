import { saveDetails } from '../api/videos.ts';
import { showInHand } from './in-hand.ts';
import { tusTransport } from './tus-transport.ts';
import { isInHand, shareSent } from './upload-item.ts';
import { createUploadQueue } from './upload-queue.ts';

/** This page's uploads. They go on while one looks at other pages of FlixTube, and ask before the window is closed. */
export const uploads = createUploadQueue({ transport: tusTransport, saveDetails });

const warn = (event: BeforeUnloadEvent) => event.preventDefault();
let warned = false;

uploads.subscribe(() => {
  const inHand = uploads.items().filter(isInHand);
  showInHand({ count: inHand.length, share: shareSent(inHand) });
  if (inHand.length > 0 === warned) return;
  warned = !warned;
  // Only while it is needed: a page that listens to it may not be kept for "back".
  if (warned) addEventListener('beforeunload', warn);
  else removeEventListener('beforeunload', warn);
});
addEventListener('offline', () => uploads.offline());
addEventListener('online', () => uploads.online());
