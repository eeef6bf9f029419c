import type { Details } from './upload-item.ts';

/** What is to be uploaded. */
export interface UploadRequest {
  file: File;
  contentType: string;
  /** As they are written at the moment that the server is told of the upload. */
  details: () => Details;
}

/** What is told of an upload under way. */
export interface UploadListener {
  /** So many bytes were sent, all in all. */
  onProgress: (sentBytes: number) => void;
  /** The server has it whole; `told` is what it was told of the video at the beginning. */
  onDone: (videoId: string, told: Details) => void;
  /** It broke off, with an ApiError where the server said why. It can be started again, and goes on where it was. */
  onBroken: (error: Error) => void;
}

/** An upload that can be stopped and goes on where it was. */
export interface UploadTask {
  start(): void;
  /** Stops it; the server keeps what it has. */
  pause(): Promise<void>;
  /** Ends it for good; the server throws away what it has. */
  cancel(): Promise<void>;
}

/** An upload of this browser that did not end, perhaps before the page was closed. */
export interface UnfinishedUpload extends Details {
  key: string;
  fileName: string;
  sizeBytes: number;
  begunAt: Date;
}

/** Carries files to the server, and goes on after a cut. */
export interface UploadTransport {
  prepare(request: UploadRequest, listener: UploadListener): UploadTask;
  /** What this browser sent of this very file earlier; null when it did not. */
  unfinishedOf(file: File): Promise<UnfinishedUpload | null>;
}
