import { ApiError, unreachable } from '../api/api-error.ts';
import { newSessionId } from '../player/session-id.ts';
import { createTransferRate, type TransferRate } from './transfer-rate.ts';
import type { UploadTask, UploadTransport } from './transport.ts';
import { afterEvent, type Details, isSending, nextToBegin, retryDelay, type UploadItem } from './upload-item.ts';
import { titleFrom, videoTypeOf } from './video-file.ts';

/** Files on their way to the server, and what can be done with each. */
export interface UploadQueue {
  items(): readonly UploadItem[];
  /** Tells of every change, until the function that it answers is called. */
  subscribe(listener: () => void): () => void;
  add(files: readonly File[]): Promise<void>;
  /** Begins all that were chosen and not begun. */
  startAll(): void;
  pause(id: string): void;
  /** Goes on: after a pause, after it gave up, or before its next try by itself. */
  resume(id: string): void;
  /** Ends it, and takes it off the list. */
  cancel(id: string): void;
  /** Changes title and description: told to the server when it begins, or saved once the video is there. */
  edit(id: string, details: Details): void;
  /** The network is gone: a request that is under way would wait for it in silence. */
  offline(): void;
  /** The network is back: what waits for it goes on at once. */
  online(): void;
}

interface Options {
  transport: UploadTransport;
  /** Changes what the catalogue says of a video that has arrived. */
  saveDetails: (videoId: string, details: Details) => Promise<void>;
  /** How many are sent at once. */
  places?: number;
}

/** How often what is shown follows, in milliseconds: every progress event would be too restless to read. */
const refresh = 250;
/** How long nothing may be sent, in milliseconds, before the connection counts as lost. */
const silence = 60_000;
/** How long typing rests before a change is saved, in milliseconds. */
const rest = 1200;

/** What belongs to an upload and is not shown. */
interface Hands {
  task: UploadTask;
  rate: TransferRate;
  sent: number;
  /** When the last bytes were sent (milliseconds). */
  movedAt: number;
  tries: number;
  retry?: ReturnType<typeof setTimeout>;
  save?: ReturnType<typeof setTimeout>;
}

export function createUploadQueue({ transport, saveDetails, places = 2 }: Options): UploadQueue {
  let items: readonly UploadItem[] = [];
  const hands = new Map<string, Hands>();
  const listeners = new Set<() => void>();
  let ticking: ReturnType<typeof setInterval> | undefined;

  const find = (id: string) => items.find((item) => item.id === id);

  function change(id: string, next: (item: UploadItem) => UploadItem): void {
    items = items.map((item) => (item.id === id ? next(item) : item));
    for (const listener of listeners) listener();
  }

  function begin(): void {
    for (const { id } of nextToBegin(items, places)) {
      const own = hands.get(id);
      if (!own) continue;
      own.rate = createTransferRate();
      own.movedAt = performance.now();
      change(id, (item) => afterEvent(item, { type: 'begun' }));
      own.task.start();
    }
    const busy = items.some(isSending);
    if (busy) ticking ??= setInterval(tick, refresh);
    else {
      clearInterval(ticking);
      ticking = undefined;
    }
  }

  function tick(): void {
    const now = performance.now();
    for (const { id, file, step } of items.filter(isSending)) {
      const own = hands.get(id);
      if (!own) continue;
      if (step.is === 'sending' && now - own.movedAt > silence) {
        cut(id);
        continue;
      }
      const bytesPerSecond = own.rate.bytesPerSecond(now);
      const secondsLeft = own.rate.secondsLeft(file.size, now);
      change(id, (item) => afterEvent(item, { type: 'progressed', sentBytes: own.sent, bytesPerSecond, secondsLeft }));
    }
  }

  function broken(id: string, error: Error): void {
    const own = hands.get(id);
    if (!own) return;
    const delay = mayPass(error) ? retryDelay(own.tries) : null;
    own.tries += 1;
    change(id, (item) =>
      afterEvent(item, { type: 'broken', error, retryAt: delay === null ? null : performance.now() + delay }),
    );
    if (delay !== null) own.retry = setTimeout(() => want(id), delay);
    begin();
  }

  /** Stops what is under way, as the network would have to. */
  function cut(id: string): void {
    void hands.get(id)?.task.pause();
    broken(id, unreachable());
  }

  function want(id: string): void {
    clearTimeout(hands.get(id)?.retry);
    change(id, (item) => afterEvent(item, { type: 'wanted' }));
    begin();
  }

  async function save(id: string): Promise<void> {
    const item = find(id);
    if (item?.step.is !== 'done' || item.title.trim() === '') return;
    const { title, description, step } = item;
    change(id, (now) => ({ ...now, details: 'saving' }));
    const outcome = await saveDetails(step.videoId, { title: title.trim(), description: description.trim() }).then(
      () => 'saved' as const,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    // What was typed meanwhile has its own turn.
    const untouched = (now: UploadItem) => now.title === title && now.description === description;
    change(id, (now) => (untouched(now) ? { ...now, details: outcome } : now));
  }

  function arrived(id: string, videoId: string, told: Details): void {
    const item = find(id);
    if (!item) return;
    const same = item.title.trim() === told.title && item.description.trim() === told.description;
    change(id, (now) => ({ ...afterEvent(now, { type: 'arrived', videoId }), details: same ? 'saved' : 'saving' }));
    if (!same) void save(id);
    begin();
  }

  function prepare(item: UploadItem): void {
    const { id, file, contentType } = item;
    const details = () => {
      const now = find(id) ?? item;
      return { title: now.title.trim() || titleFrom(file.name) || file.name, description: now.description.trim() };
    };
    const task = transport.prepare(
      { file, contentType, details },
      {
        onProgress: (sent) => {
          const own = hands.get(id);
          if (!own) return;
          if (sent > own.sent) own.tries = 0;
          if (sent !== own.sent) own.movedAt = performance.now();
          own.sent = sent;
          own.rate.sample(sent, performance.now());
        },
        onDone: (videoId, told) => arrived(id, videoId, told),
        onBroken: (error) => broken(id, error),
      },
    );
    hands.set(id, { task, rate: createTransferRate(), sent: 0, movedAt: 0, tries: 0 });
  }

  return {
    items: () => items,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async add(files) {
      const fresh = files.filter((file) => !items.some((item) => isSame(item.file, file)));
      const added = await Promise.all(
        fresh.map(async (file): Promise<UploadItem> => {
          const earlier = await transport.unfinishedOf(file).catch(() => null);
          return {
            ...{ id: newSessionId(), file, contentType: videoTypeOf(file) ?? file.type, step: { is: 'ready' } },
            title: earlier?.title || titleFrom(file.name),
            description: earlier?.description ?? '',
            ...{ sentBytes: 0, bytesPerSecond: null, secondsLeft: null, touched: false, details: 'unsaved' },
            resumes: earlier !== null,
          };
        }),
      );
      items = [...items, ...added];
      for (const item of added) prepare(item);
      for (const listener of listeners) listener();
    },
    startAll() {
      for (const { id, step } of items) if (step.is === 'ready') change(id, wanted);
      begin();
    },
    pause(id) {
      const own = hands.get(id);
      clearTimeout(own?.retry);
      void own?.task.pause();
      change(id, (item) => afterEvent(item, { type: 'paused' }));
      begin();
    },
    resume(id) {
      const own = hands.get(id);
      if (own) own.tries = 0;
      want(id);
    },
    cancel(id) {
      const own = hands.get(id);
      const item = find(id);
      clearTimeout(own?.retry);
      clearTimeout(own?.save);
      if (item?.step.is === 'done') void (item.details === 'unsaved' && save(id));
      else if (item?.step.is !== 'ready') void own?.task.cancel();
      hands.delete(id);
      items = items.filter((other) => other.id !== id);
      for (const listener of listeners) listener();
      begin();
    },
    edit(id, { title, description }) {
      const own = hands.get(id);
      change(id, (item) => ({ ...item, title, description, details: 'unsaved', touched: item.step.is !== 'ready' }));
      clearTimeout(own?.save);
      if (own && find(id)?.step.is === 'done') own.save = setTimeout(() => void save(id), rest);
    },
    offline() {
      for (const { id } of items.filter(isSending)) cut(id);
    },
    online() {
      for (const { id, step } of items) if (step.is === 'retrying') want(id);
    },
  };
}

const wanted = (item: UploadItem) => afterEvent(item, { type: 'wanted' });

/** Whether trying again may help: nobody answered, or another request still holds the upload (tus: 409, 423, 460). */
const mayPass = (error: Error): boolean =>
  error instanceof ApiError && (error.transient || [409, 423, 460].includes(error.status));

const isSame = (a: File, b: File) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
