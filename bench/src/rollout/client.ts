import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import { cookieOf } from '../cookie.ts';

/** What happened to all requests of a trial. */
export interface Tally {
  requests: number;
  /** GETs that were sent once more because their connection was closed before an answer began, as browsers do. */
  repeated: number;
  /** In words. */
  failures: string[];
  /** SHA-256 of what stands for ever at an address, by the address. */
  contents: Map<string, string>;
}

/** One browser: connections of its own, which are kept, and a cookie. */
export class Client {
  readonly #url: string;
  readonly #tally: Tally;
  readonly #agent = new Agent({ connections: 6, bodyTimeout: 30_000, headersTimeout: 30_000 });
  #cookie = '';

  constructor(url: string, tally: Tally) {
    this.#url = url;
    this.#tally = tally;
  }

  /** The body of a GET, whole; undefined when it failed, which is noted. */
  async get(path: string): Promise<Buffer | undefined> {
    return this.#counted(`GET ${path}`, async () => {
      try {
        return await this.#get(path);
      } catch (error) {
        if (!wasClosed(error)) throw error;
        this.#tally.repeated += 1;
        return this.#get(path);
      }
    });
  }

  /** The same, of what never changes: whoever gets other bytes than the first one did notes a failure. */
  async getSame(path: string): Promise<void> {
    const bytes = await this.get(path);
    if (bytes === undefined) return;
    const content = createHash('sha256').update(bytes).digest('hex');
    const before = this.#tally.contents.get(path);
    if (before === undefined) this.#tally.contents.set(path, content);
    else if (before !== content) this.#tally.failures.push(`${new Date().toISOString()} GET ${path}: other bytes`);
  }

  async post(path: string, body: object): Promise<void> {
    await this.#counted(`POST ${path}`, async () => {
      const headers = { 'content-type': 'application/json', cookie: this.#cookie };
      const answer = await request(`${this.#url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        dispatcher: this.#agent,
      });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`answered ${answer.statusCode}`);
    });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #get(path: string): Promise<Buffer> {
    const answer = await request(`${this.#url}${path}`, { headers: { cookie: this.#cookie }, dispatcher: this.#agent });
    this.#cookie = cookieOf(answer.headers) || this.#cookie;
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
    return bytes;
  }

  async #counted<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    this.#tally.requests += 1;
    try {
      return await work();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      this.#tally.failures.push(`${new Date().toISOString()} ${what}: ${code ?? message}`);
      return undefined;
    }
  }
}

function wasClosed(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String((error as { code?: string }).code));
}
