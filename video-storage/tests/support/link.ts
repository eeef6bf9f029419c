import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type State = 'up' | 'cut' | 'frozen';

/** A wire between the service and a backend, which can be cut, frozen and watched. It passes bytes on as slowly as they are taken. */
export class Link {
  /** Requests that went through, by their first line. */
  readonly requests: string[] = [];
  /** Bytes that the backend's answers had. */
  answeredBytes = 0;
  readonly #target: { host: string; port: number };
  readonly #pairs = new Set<{ near: Socket; far: Socket }>();
  #server: Server | undefined;
  #state: State = 'up';
  #damage = 0;
  #meeting: { text: string; then(): void } | undefined;
  #losing: string | undefined;

  constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port) };
  }

  async open(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#join(near)).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    if (this.#server === undefined) throw new Error('The link is not open');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** As when the backend is killed: all connections break, and new ones are refused. */
  cut(): void {
    this.#state = 'cut';
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** As when the backend hangs: connections stay, and new ones open, but nothing moves. */
  freeze(): void {
    this.#state = 'frozen';
    for (const { far } of this.#pairs) far.pause();
  }

  mend(): void {
    const wasFrozen = this.#state === 'frozen';
    this.#state = 'up';
    // What has been frozen is not thawed: those who waited have given up.
    if (wasFrozen) for (const { near } of this.#pairs) near.destroy();
  }

  /** Changes a byte in each of the next `times` requests with a body of some size. */
  damage(times: number): void {
    this.#damage = times;
  }

  /** Does something, once, when a request whose first line holds `text` comes by, before it gets through. */
  onRequest(text: string, then: () => void): void {
    this.#meeting = { text, then };
  }

  /** Lets the next request whose first line holds `text` through, and breaks its connection instead of the answer. */
  loseAnswerTo(text: string): void {
    this.#losing = text;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server?.close();
    if (this.#server?.listening) await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    near.on('error', () => undefined);
    if (this.#state === 'cut') return void near.resetAndDestroy();
    const far = connect({ ...this.#target, allowHalfOpen: true });
    far.on('error', () => undefined);
    const pair = { near, far };
    this.#pairs.add(pair);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('close', () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
      socket.on('end', () => other.end());
      socket.on('drain', () => this.#state !== 'frozen' && other.resume());
    }
    let loses = false;
    near.on('data', (bytes) => {
      const line = this.#note(bytes);
      if (this.#losing !== undefined && line?.includes(this.#losing)) {
        this.#losing = undefined;
        loses = true;
      }
      if (this.#state === 'up' && !far.destroyed && !far.write(bytes)) near.pause();
    });
    far.on('data', (bytes) => {
      if (loses) return void near.resetAndDestroy();
      this.answeredBytes += bytes.length;
      if (!near.destroyed && !near.write(bytes)) far.pause();
    });
    if (this.#state === 'frozen') far.pause();
  }

  #note(bytes: Buffer): string | undefined {
    const line = /^(?:GET|HEAD|PUT|DELETE|POST) \S+/.exec(bytes.toString('latin1', 0, 2000))?.[0];
    if (line !== undefined) {
      this.requests.push(line);
      if (this.#meeting !== undefined && line.includes(this.#meeting.text)) {
        const { then } = this.#meeting;
        this.#meeting = undefined;
        then();
      }
    } else if (this.#damage > 0 && bytes.length > 10_000) {
      this.#damage -= 1;
      bytes.writeUInt8(bytes.readUInt8(9_000) ^ 1, 9_000);
    }
    return line;
  }
}
