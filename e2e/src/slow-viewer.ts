import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LargeClip } from './large-clip.ts';

const ticksPerSecond = 10;

/** What a slow viewer asks for. */
export interface SlowReading {
  videoId: string;
  clip: LargeClip;
  /** Where reading begins; the rest of the file is asked for. */
  start: number;
  bytesPerSecond: number;
}

/**
 * A viewer on a thin line: asks for the rest of a file and takes no more of it than so many bytes a second. On a bare
 * socket, since a client of HTTP would read ahead as it likes.
 */
export class SlowViewer {
  /** How much of the body was taken. */
  received = 0;
  /** What must not be: another answer than 206, other bytes, an end. */
  readonly wrong: string[] = [];
  readonly #socket: Socket;
  readonly #reading: SlowReading;
  readonly #timer: NodeJS.Timeout;
  #head: Buffer | undefined = Buffer.alloc(0);

  private constructor(socket: Socket, reading: SlowReading) {
    this.#socket = socket;
    this.#reading = reading;
    this.#timer = setInterval(() => this.#take(), 1000 / ticksPerSecond);
    socket.on('error', (error) => this.wrong.push(error.message)).on('end', () => this.wrong.push('was ended'));
  }

  /** Resolves when the answer begins. */
  static async join(url: string, reading: SlowReading): Promise<SlowViewer> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    socket.write(
      `GET /api/videos/${reading.videoId}/file HTTP/1.1\r\nHost: ${host}\r\nRange: bytes=${reading.start}-\r\n\r\n`,
    );
    const viewer = new SlowViewer(socket, reading);
    await once(socket, 'readable');
    return viewer;
  }

  /** Hangs up in the middle of the body. */
  leave(): void {
    clearInterval(this.#timer);
    this.#socket.destroy();
  }

  #take(): void {
    const most = Math.ceil(this.#reading.bytesPerSecond / ticksPerSecond);
    for (let left = most; left > 0; ) {
      // Never more than is there: that would return nothing, and read on until there is as much.
      const bytes: Buffer | null = this.#socket.read(Math.min(left, this.#socket.readableLength));
      if (bytes === null) return;
      left -= bytes.length;
      this.#check(this.#head === undefined ? bytes : this.#bodyAfter(Buffer.concat([this.#head, bytes])));
    }
  }

  /** What of the answer's beginning is body already. */
  #bodyAfter(bytes: Buffer): Buffer {
    const end = bytes.indexOf('\r\n\r\n');
    this.#head = end < 0 ? bytes : undefined;
    if (end < 0) return Buffer.alloc(0);
    const statusLine = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
    if (!statusLine.startsWith('HTTP/1.1 206 ')) this.wrong.push(statusLine);
    return bytes.subarray(end + 4);
  }

  #check(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const { clip, start } = this.#reading;
    if (!clip.part(start + this.received, bytes.length).equals(bytes))
      this.wrong.push(`bytes at ${start + this.received}`);
    this.received += bytes.length;
  }
}
