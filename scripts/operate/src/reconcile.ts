/** `npm run reconcile`: whether catalogue, uploads, processings and blobs fit together; `--mend`. docs/operating.md. */
import { parseArgs } from 'node:util';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { newId } from '@flixtube/chassis/ids';
import { createLogger } from '@flixtube/chassis/logger';
import { type Broker, createBroker, newEvent } from '@flixtube/chassis/messaging';
import { videoProcessingRequested } from '@flixtube/contracts/events/video-processing-requested';
import { videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import { MongoClient } from 'mongodb';
import { command, failed, say, UsageError } from './command.ts';
import { byVideo, type Traces } from './reconcile/by-video.ts';
import { type Finding, findingsOf } from './reconcile/findings.ts';
import { backend, containerName } from './settings.ts';

const usage = `npm run reconcile                      says what does not fit together; ends with 1 where something is
npm run reconcile -- --mend            and mends it, but for blobs that nothing knows
npm run reconcile -- --mend --remove-orphans
npm run reconcile -- --settled 0       judges also what has changed in the last 600 seconds: after a restore`;

const source = 'operate';

const done = {
  announce: 'announced once more',
  process: 'is processed again',
  'remove-blobs': 'removed',
  orphan: 'removed',
  captions: '',
};

await command(usage, async () => {
  const { values } = parseArgs({
    options: {
      mend: { type: 'boolean', default: false },
      'remove-orphans': { type: 'boolean', default: false },
      settled: { type: 'string', default: '600' },
    },
  });
  if (!/^\d{1,7}$/.test(values.settled)) throw new UsageError('--settled has to be a number of seconds.');
  const settledBefore = new Date(Date.now() - Number(values.settled) * 1_000);
  await reconcile({ settledBefore, mend: values.mend, removeOrphans: values['remove-orphans'] });
});

async function reconcile(o: { settledBefore: Date; mend: boolean; removeOrphans: boolean }): Promise<void> {
  const client = new MongoClient(backend('MONGODB_URL', process.env).reveal(), { serverSelectionTimeoutMS: 10_000 });
  const container = BlobServiceClient.fromConnectionString(
    backend('AZURE_STORAGE_CONNECTION_STRING', process.env).reveal(),
  ).getContainerClient(containerName(process.env));
  const broker = createBroker({
    url: backend('RABBITMQ_URL', process.env),
    service: source,
    logger: createLogger({ service: source, level: 'silent' }),
  });
  let videos = 0;
  let open = 0;
  try {
    await client.connect();
    if (o.mend) await broker.start();
    for await (const traces of byVideo(client, container)) {
      videos += 1;
      for (const finding of findingsOf(traces, o.settledBefore)) {
        const isMendable = finding.mend !== 'captions' && (finding.mend !== 'orphan' || o.removeOrphans);
        const isMended = o.mend && isMendable;
        if (isMended) await mend(finding, traces, broker, container);
        else open += 1;
        say(`${finding.id}: ${finding.detail}${isMended ? `: ${done[finding.mend]}` : ''}`);
      }
    }
  } finally {
    await broker.stop();
    await client.close();
  }
  if (open > 0) failed(`${open} findings.`);
  say(`${videos} videos, uploads and folders of blobs compared.`);
}

/** By an event of the contracts, as the service would have published it; each may be repeated. */
async function mend(
  { id, mend: what }: Finding,
  { video, upload, processing, blobs }: Traces,
  broker: Broker,
  container: ContainerClient,
): Promise<void> {
  if (what === 'announce' && upload?.source !== undefined) {
    const { ownerId, title, description, visibility, source: file, storedAt } = upload;
    const data = { videoId: id, ownerId, title, description, visibility, source: file };
    const time = storedAt === undefined ? {} : { time: storedAt.toISOString() };
    await broker.publish(newEvent(videoUploaded, { source, subject: id, data, ...time }));
  } else if (what === 'process' && video?.source !== undefined) {
    const data = { videoId: id, source: video.source };
    // The one that was asked for, if no other has been begun since: an event's id names the processing.
    const asked = video.status === 'processing' ? (video.processingId ?? '') : '';
    const name = asked > (processing?.processingId ?? '') ? asked : newId();
    await broker.publish(newEvent(videoProcessingRequested, { source, subject: id, data, id: name }));
  } else {
    for (const key of blobs) await container.getBlobClient(key).deleteIfExists({ deleteSnapshots: 'include' });
  }
}
