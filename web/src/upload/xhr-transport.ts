import type { Video } from '@flixtube/contracts/http/video';
import { errorFrom, unreachable } from '../api/api-error.ts';
import { withQuery } from '../api/http.ts';
import type { UploadTransport } from './transport.ts';

/** The simple upload, `POST /api/videos` with the file as the body. XMLHttpRequest, since fetch tells no progress. */
export const xhrTransport: UploadTransport = {
  resumes: false,
  start({ file, contentType, title, description }, onProgress) {
    const request = new XMLHttpRequest();
    const result = new Promise<Video>((resolve, reject) => {
      request.open('POST', withQuery('/api/videos', { title, description }));
      request.setRequestHeader('content-type', contentType);
      request.setRequestHeader('accept', 'application/json');
      request.upload.onprogress = (event) => onProgress(event.loaded);
      request.onerror = () => reject(unreachable());
      request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
      request.onload = () => {
        const answer = () => errorFrom(request.status, request.getResponseHeader('content-type'), request.responseText);
        if (request.status !== 201) return reject(answer());
        try {
          resolve(JSON.parse(request.responseText));
        } catch {
          reject(answer());
        }
      };
      request.send(file);
    });
    return { result, cancel: () => request.abort() };
  },
};
