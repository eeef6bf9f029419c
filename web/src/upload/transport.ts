import type { Video } from '@flixtube/contracts/http/video';

/** What is to be uploaded. */
export interface UploadRequest {
  file: File;
  contentType: string;
  title: string;
  description: string;
}

/** An upload under way. */
export interface UploadTask {
  /** The video, when the server has stored it whole; an ApiError when it has not; an AbortError when cancelled. */
  result: Promise<Video>;
  /** Ends it. What was sent of it is given up. */
  cancel(): void;
}

/** Carries a file to the server. One sends it in a single request; another may do it in parts, and go on after a cut. */
export interface UploadTransport {
  /** Whether it goes on where it was when it is tried again, so that the page may say so. */
  resumes: boolean;
  /** Begins; `onProgress` is told how many bytes have been sent, again and again. */
  start(request: UploadRequest, onProgress: (sentBytes: number) => void): UploadTask;
}
