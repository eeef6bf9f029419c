import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, json, parse, route } from '@flixtube/chassis/http';
import { type Identity, requireService } from '@flixtube/chassis/identity';
import { createLogger } from '@flixtube/chassis/logger';
import { type AnnouncedVideo, announcedVideo } from '@flixtube/contracts/http/internal';
import { type RequestHandler, Router } from 'express';

/** metadata, played by the test: it remembers what was announced to it. */
export class FakeMetadata {
  readonly announced: AnnouncedVideo[] = [];
  /** What is awaited before an announcement is answered. */
  beforeAnswer: () => Promise<void> = async () => {};
  url = '';
  #server: Server | undefined;
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  async start(): Promise<void> {
    const router = Router();
    route(router, '/internal/videos/:id', { PUT: [requireService(), json(), this.#put] });
    const logger = createLogger({ service: 'fake-metadata', level: 'silent' });
    this.#server = createServer(createApp({ logger, identity: this.#identity, routers: [router] }));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await closed;
  }

  #put: RequestHandler = async (req, res) => {
    const video = parse(announcedVideo, req.body);
    if (video.videoId !== req.params.id) throw new Error('announced under another id');
    await this.beforeAnswer();
    this.announced.push(video);
    res.status(204).end();
  };
}
