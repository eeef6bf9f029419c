import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiError, unreachable } from '../api/api-error.ts';
import type { UploadListener, UploadRequest, UploadTransport } from './transport.ts';
import type { Details } from './upload-item.ts';
import { createUploadQueue } from './upload-queue.ts';

const clip = (name: string) => new File([new Uint8Array(100)], name, { type: 'video/mp4' });

/** A transport whose uploads do what the test tells them. */
function fakeTransport() {
  const uploads = new Map<string, { listener: UploadListener; request: UploadRequest; calls: string[] }>();
  const transport: UploadTransport = {
    prepare(request, listener) {
      const calls: string[] = [];
      uploads.set(request.file.name, { listener, request, calls });
      return {
        start: () => void calls.push('start'),
        pause: async () => void calls.push('pause'),
        cancel: async () => void calls.push('cancel'),
      };
    },
    unfinishedOf: async () => null,
  };
  const of = (name: string) => {
    const upload = uploads.get(name);
    if (!upload) throw new Error(`${name} was not prepared`);
    return upload;
  };
  return { transport, of };
}

async function begun(...names: string[]) {
  const { transport, of } = fakeTransport();
  const saved: [string, Details][] = [];
  const queue = createUploadQueue({
    transport,
    saveDetails: async (videoId, details) => void saved.push([videoId, details]),
  });
  await queue.add(names.map(clip));
  const idOf = (name: string) => queue.items().find(({ file }) => file.name === name)?.id ?? '';
  const steps = () => queue.items().map(({ step }) => step.is);
  return { queue, of, saved, idOf, steps };
}

describe('createUploadQueue', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('when three are started, then two are sent at once, and the third when one is done', async () => {
    const { queue, of, steps } = await begun('a.mp4', 'b.mp4', 'c.mp4');
    expect(steps()).toEqual(['ready', 'ready', 'ready']);
    queue.startAll();
    expect(steps()).toEqual(['sending', 'sending', 'waiting']);
    of('a.mp4').listener.onDone('v', of('a.mp4').request.details());
    expect(steps()).toEqual(['done', 'sending', 'sending']);
    expect(of('c.mp4').calls).toEqual(['start']);
  });

  it('when one is paused, then its place is given away, and it waits for its turn again when resumed', async () => {
    const { queue, of, idOf, steps } = await begun('a.mp4', 'b.mp4', 'c.mp4');
    queue.startAll();
    queue.pause(idOf('a.mp4'));
    expect(steps()).toEqual(['paused', 'sending', 'sending']);
    expect(of('a.mp4').calls).toEqual(['start', 'pause']);
    queue.resume(idOf('a.mp4'));
    expect(steps()).toEqual(['waiting', 'sending', 'sending']);
  });

  it('when the connection is lost, then it tries again by itself, later and later; progress makes it patient again', async () => {
    const { queue, of, steps } = await begun('a.mp4');
    const { listener, calls } = of('a.mp4');
    queue.startAll();
    listener.onBroken(unreachable());
    expect(steps()).toEqual(['retrying']);
    jest.advanceTimersByTime(1000);
    expect(calls).toEqual(['start', 'start']);
    listener.onBroken(unreachable());
    jest.advanceTimersByTime(1000);
    expect(calls).toHaveLength(2);
    jest.advanceTimersByTime(1000);
    expect(calls).toHaveLength(3);
    listener.onProgress(10);
    listener.onBroken(unreachable());
    jest.advanceTimersByTime(1000);
    expect(calls).toHaveLength(4);
  });

  it('when it is in vain for long, then it gives up until somebody asks; the network that is back asks too', async () => {
    const { queue, of, idOf, steps } = await begun('a.mp4');
    queue.startAll();
    for (let tries = 0; tries < 9; tries += 1) {
      of('a.mp4').listener.onBroken(unreachable());
      jest.advanceTimersByTime(30_000);
    }
    expect(steps()).toEqual(['failed']);
    queue.resume(idOf('a.mp4'));
    expect(steps()).toEqual(['sending']);
    of('a.mp4').listener.onBroken(unreachable());
    queue.online();
    expect(steps()).toEqual(['sending']);
  });

  it('when the network is gone, or nothing moves for a minute, then what is under way is stopped and tried again', async () => {
    const { queue, of, steps } = await begun('a.mp4');
    queue.startAll();
    queue.offline();
    expect(steps()).toEqual(['retrying']);
    expect(of('a.mp4').calls).toEqual(['start', 'pause']);
    queue.online();
    jest.advanceTimersByTime(59_000);
    of('a.mp4').listener.onProgress(5);
    jest.advanceTimersByTime(59_000);
    expect(steps()).toEqual(['sending']);
    jest.advanceTimersByTime(2000);
    expect(steps()).toEqual(['retrying']);
  });

  it('when the server refuses it for good, then it is not tried again; when it is locked, then it is', async () => {
    const { queue, of, steps } = await begun('a.mp4', 'b.mp4');
    queue.startAll();
    of('a.mp4').listener.onBroken(new ApiError(413, {}));
    of('b.mp4').listener.onBroken(new ApiError(423, {}));
    expect(steps()).toEqual(['failed', 'retrying']);
  });

  it('when its title is written while it is sent, then the video is given it once it is there, and not else', async () => {
    const { queue, of, idOf, saved } = await begun('a.mp4', 'b.mp4');
    queue.startAll();
    const told = of('a.mp4').request.details();
    expect(told).toEqual({ title: 'A', description: '' });
    queue.edit(idOf('a.mp4'), { title: 'Better ', description: '' });
    of('a.mp4').listener.onDone('va', told);
    of('b.mp4').listener.onDone('vb', of('b.mp4').request.details());
    await jest.advanceTimersByTimeAsync(0);
    expect(saved).toEqual([['va', { title: 'Better', description: '' }]]);
    expect(queue.items().map(({ details }) => details)).toEqual(['saved', 'saved']);
    queue.edit(idOf('b.mp4'), { title: 'Late', description: '' });
    await jest.advanceTimersByTimeAsync(2000);
    expect(saved.at(-1)).toEqual(['vb', { title: 'Late', description: '' }]);
  });

  it('when one is cancelled, then the server is told and the next one begins; one that never began tells nobody', async () => {
    const { queue, of, idOf, steps } = await begun('a.mp4', 'b.mp4', 'c.mp4');
    queue.cancel(idOf('c.mp4'));
    expect(of('c.mp4').calls).toEqual([]);
    queue.startAll();
    queue.cancel(idOf('a.mp4'));
    expect(of('a.mp4').calls).toEqual(['start', 'cancel']);
    expect(steps()).toEqual(['sending']);
  });
});
