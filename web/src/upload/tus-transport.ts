import type { DetailedError, PreviousUpload, Upload } from 'tus-js-client';
import { ApiError, errorFrom, unreachable } from '../api/api-error.ts';
import { newTrace } from './trace.ts';
import type { UnfinishedUpload, UploadListener, UploadRequest, UploadTask, UploadTransport } from './transport.ts';
import type { Details } from './upload-item.ts';

const endpoint = '/api/uploads';
/**
 * How long a description may be in UTF-8, in bytes, to be told when the upload begins: that is done in a header field, and
 * proxies take none longer than 8 KiB. A longer one is saved when the video is there.
 */
const mostTold = 3000;

/** The protocol's client, fetched when something is uploaded. */
const loadTus = () => import('tus-js-client');

/**
 * Resumable uploads by tus 1.0.0. What was sent of which file is remembered by this browser, under a fingerprint of the
 * file's name, type, size and date, so that the same file goes on after the page was closed.
 */
export const tusTransport: UploadTransport = {
  prepare: (request, listener) => new TusTask(request, listener),
  async unfinishedOf(file) {
    const previous = await previousOf(file);
    return previous ? describe(previous) : null;
  },
};

/** Every upload of this browser that did not end and can still go on, the newest first. */
export async function unfinishedUploads(): Promise<UnfinishedUpload[]> {
  const { defaultOptions } = await loadTus();
  const all = await defaultOptions.urlStorage.findAllUploads();
  const states = await Promise.all(all.map(stateOf));
  return newestFirst(all.filter((_, index) => states[index] === 'unfinished')).map(describe);
}

/** Forgets an upload that did not end, and has the server throw away what it has of it. */
export async function forgetUnfinished(key: string): Promise<void> {
  const { defaultOptions, Upload } = await loadTus();
  const all = await defaultOptions.urlStorage.findAllUploads();
  const found = all.find(({ urlStorageKey }) => urlStorageKey === key);
  await defaultOptions.urlStorage.removeUpload(key);
  // It expires anyway: that it cannot be reached now is no reason to keep it on the list.
  if (found?.uploadUrl) await Upload.terminate(found.uploadUrl).catch(() => {});
}

class TusTask implements UploadTask {
  readonly #request: UploadRequest;
  readonly #listener: UploadListener;
  #upload: Promise<Upload> | null = null;
  /** What the server is told when it is told of the upload, and what it has been told. */
  #offered: Details;
  #told: Details | null = null;
  #videoId: string | null = null;
  /** Grows with every start and stop: what an earlier one says does not count any more. */
  #run = 0;

  constructor(request: UploadRequest, listener: UploadListener) {
    this.#request = request;
    this.#listener = listener;
    this.#offered = request.details();
  }

  start(): void {
    this.#run += 1;
    void this.#begin(this.#run);
  }

  async pause(): Promise<void> {
    this.#run += 1;
    await (await this.#upload)?.abort();
  }

  async cancel(): Promise<void> {
    this.#run += 1;
    const upload = await this.#upload;
    // What is left on a server that cannot be reached expires by itself.
    await upload?.abort(true).catch(() => {});
  }

  async #begin(run: number): Promise<void> {
    try {
      this.#upload ??= this.#create();
      const upload = await this.#upload;
      if (run !== this.#run) return;
      if (!upload.url && !this.#told) upload.options.metadata = this.#metadata();
      upload.options.onProgress = (sent) => run === this.#run && this.#listener.onProgress(sent);
      upload.options.onError = (error) => void this.#broken(run, error);
      upload.options.onSuccess = () => run === this.#run && this.#finish();
      upload.start();
    } catch (error) {
      this.#upload = null;
      if (run === this.#run) this.#listener.onBroken(unreachable(error));
    }
  }

  async #create(): Promise<Upload> {
    const { file } = this.#request;
    const { Upload } = await loadTus();
    const previous = await previousOf(file);
    const traceparent = newTrace();
    const upload = new Upload(file, {
      endpoint,
      // All requests of an upload are of one trace, so that what became of it can be followed.
      headers: { traceparent },
      // When to try again, and what to say meanwhile, is the queue's.
      retryDelays: null,
      removeFingerprintOnSuccess: true,
      onAfterResponse: (_request, response) => {
        this.#videoId = response.getHeader('X-Video-Id') ?? this.#videoId;
      },
      onUploadUrlAvailable: () => {
        this.#told ??= this.#offered;
      },
    });
    if (previous) {
      upload.resumeFromPreviousUpload(previous);
      this.#told = describe(previous);
    }
    upload.options.metadata = previous?.metadata ?? this.#metadata();
    return upload;
  }

  #metadata(): Record<string, string> {
    const { file, contentType, details } = this.#request;
    const { title, description: whole } = details();
    const description = new Blob([whole]).size > mostTold ? '' : whole;
    this.#offered = { title, description };
    return { filename: file.name, filetype: contentType, title, ...(description && { description }) };
  }

  async #broken(run: number, error: Error | DetailedError): Promise<void> {
    const why = asApiError(error);
    const cannotRead = why instanceof ApiError && why.status === 0 && !(await isReadable(this.#request.file));
    if (run !== this.#run) return;
    this.#listener.onBroken(cannotRead ? unreadable(this.#request.file) : why);
  }

  #finish(): void {
    if (this.#videoId === null) {
      this.#listener.onBroken(new Error('The file has arrived, but FlixTube did not say as which video.'));
    } else {
      this.#listener.onDone(this.#videoId, this.#told ?? this.#request.details());
    }
  }
}

async function previousOf(file: File): Promise<PreviousUpload | null> {
  const { defaultOptions, Upload } = await loadTus();
  const found = await new Upload(file, { ...defaultOptions, endpoint }).findPreviousUploads();
  for (const previous of newestFirst(found)) if ((await stateOf(previous)) !== 'gone') return previous;
  return null;
}

/**
 * What the server has of an upload; one that it does not have is forgotten here, too. How long it keeps one, and since
 * which byte, it alone knows; when it cannot be asked, the upload counts as there.
 */
async function stateOf({ uploadUrl, urlStorageKey }: PreviousUpload): Promise<'unfinished' | 'video' | 'gone'> {
  if (uploadUrl !== null) {
    const asked = fetch(uploadUrl, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
    const answer = await asked.catch(() => null);
    if (answer?.headers.has('x-video-id')) return 'video';
    if (answer === null || ![404, 410].includes(answer.status)) return 'unfinished';
  }
  const { defaultOptions } = await loadTus();
  await defaultOptions.urlStorage.removeUpload(urlStorageKey);
  return 'gone';
}

const newestFirst = (uploads: PreviousUpload[]) =>
  uploads.toSorted((a, b) => Date.parse(b.creationTime) - Date.parse(a.creationTime));

const describe = ({ urlStorageKey, metadata, size, creationTime }: PreviousUpload): UnfinishedUpload => ({
  key: urlStorageKey,
  fileName: metadata.filename ?? '',
  sizeBytes: size ?? 0,
  begunAt: new Date(creationTime),
  title: metadata.title ?? '',
  description: metadata.description ?? '',
});

/** A file that was moved or changed after it was chosen cannot be read, and sending it fails as if the network had. */
const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

const unreadable = (file: File) =>
  new Error(`“${file.name}” cannot be read any more. Has it been moved or changed? Please choose it again.`);

function asApiError(error: Error | DetailedError): Error {
  if (!('originalRequest' in error) || !error.originalRequest) return error;
  const response = error.originalResponse;
  if (!response || response.getStatus() === 0) return unreachable(error);
  const problem = errorFrom(response.getStatus(), response.getHeader('content-type') ?? null, response.getBody());
  return problem instanceof ApiError ? problem : error;
}
