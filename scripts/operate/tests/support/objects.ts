import { createHash } from 'node:crypto';
import type { TestContainer } from '@flixtube/dev-env/testing';

/** Stores an object as video-storage does. */
export async function putObject(container: TestContainer, key: string, content: string | Buffer): Promise<void> {
  const bytes = Buffer.from(content as string);
  await container.client.getBlockBlobClient(key).upload(bytes, bytes.length, {
    metadata: { sha256: createHash('sha256').update(bytes).digest('hex') },
    blobHTTPHeaders: { blobContentType: 'text/vtt' },
  });
}
