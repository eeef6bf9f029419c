import { newId } from '@flixtube/chassis/ids';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Report, reported } from './processing.ts';
import { announced, type Video } from './video.ts';

const source = { key: 'k', contentType: 'video/mp4', sizeBytes: 1, sha256: 'a' };
const fresh = announced({
  videoId: newId(),
  ownerId: newId(),
  title: 'A',
  description: '',
  visibility: 'public',
  source,
  createdAt: new Date(),
});
const [first, second] = [newId(), newId()].sort() as [string, string];
const progressed = (processingId: string, fraction: number, manifest: string | null = null): Report => ({
  told: 'progressed',
  processingId,
  fraction,
  manifest,
});
const processed = (processingId: string): Report => ({
  told: 'processed',
  processingId,
  durationSeconds: 12.5,
  width: 640,
  height: 360,
  manifest: `final of ${processingId}`,
  poster: { key: 'p', contentType: 'image/jpeg' },
  storyboard: null,
  fileCaptions: [{ language: 'en', label: 'English', key: `en of ${processingId}` }],
  chapters: null,
});
const failure = { kind: 'unreadable', detail: 'It is no video.', retriable: false };
const failed = (processingId: string): Report => ({ told: 'failed', processingId, failure });
const having = (...reports: Report[]): Video => reports.reduce(reported, fresh);
const told = ({ processingVersion: _, ...video }: Video) => video;

describe('a video that is told of', () => {
  it('goes on, and can be played, as far as was told', () => {
    expect(having(progressed(first, 0.1), progressed(first, 0.4, 'm'))).toMatchObject({
      status: 'processing',
      progress: 0.4,
      manifest: { key: 'm', processingId: first },
    });
  });

  it('never goes back within one processing, and nothing follows its end', () => {
    for (const end of [processed(first), failed(first)]) {
      const ended = having(progressed(first, 0.4), end);
      for (const late of [progressed(first, 0.2), progressed(first, 0.9, 'late'), processed(first), failed(first)]) {
        expect(reported(ended, late)).toBe(ended);
      }
    }
    expect(having(progressed(first, 0.4, 'm'), progressed(first, 0.2, 'old')).manifest?.key).toBe('m');
  });

  it('is the very same when it is told twice, and keeps the very manifest when only more of the work is done', () => {
    const video = having(progressed(first, 0.4, 'm'));
    expect(reported(video, progressed(first, 0.4, 'm'))).toBe(video);
    const further = reported(video, progressed(first, 0.6, 'm'));
    expect(further.progress).toBe(0.6);
    expect(further.manifest).toBe(video.manifest);
    expect(reported(further, progressed(first, 0.6, 'n')).manifest?.key).toBe('n');
  });

  it('ends the same, in whatever order and how often its reports come, when the end is among them', () => {
    const reports = [
      progressed(first, 0.1),
      progressed(first, 0.5, 'm'),
      progressed(first, 0.9, 'n'),
      processed(first),
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...reports), { maxLength: 8 }), (some) => {
        expect(told(having(...some, processed(first), ...some))).toEqual(told(having(processed(first))));
      }),
    );
  });

  it('listens to the newest processing only, and keeps what can be played until that has ended', () => {
    const again = having(processed(first), progressed(second, 0.3, 'beginning'));
    expect(again).toMatchObject({ status: 'processing', progress: 0.3, manifest: { processingId: first } });
    expect(reported(again, failed(first))).toBe(again);
    expect(reported(again, processed(second)).manifest?.processingId).toBe(second);
    expect(reported(again, failed(second))).toMatchObject({ status: 'failed', manifest: { processingId: first } });
  });

  it('cannot be played any more, when what could be is of the processing that failed', () => {
    expect(having(progressed(first, 0.3, 'm'), failed(first))).toMatchObject({ failure, manifest: null });
  });
});
