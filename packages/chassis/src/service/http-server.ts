import { createServer, type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { DomainError, SetupError } from '../errors.ts';
import { linger } from '../http/linger.ts';
import { sendProblem } from '../http/problem.ts';
import { runInTrace } from '../trace.ts';

export interface HttpServer {
  readonly url: string;
  /** Answers as before, but ends each connection with its answer, so that nobody relies on it for the next request. */
  drain(): void;
  /** Accepts nothing more and resolves when every request in hand has ended; at `deadline` by ending its connection. */
  close(deadline: AbortSignal): Promise<void>;
}

type Handler = (req: IncomingMessage, res: ServerResponse, unmatched: () => void) => void;

/**
 * How long address and header fields may be together, in bytes. Room for a description of 5,000 characters of three bytes:
 * 20,000 bytes in base64 (Upload-Metadata), 45,000 in an address.
 */
export const mostHeaderBytes = 64 * 1024;

/** Bounds on what a client may hold open; bodies have their own (http/slow-body.ts), since an upload may take hours. */
const limits = {
  maxHeaderSize: mostHeaderBytes,
  headersTimeout: 20_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  /** Above the 60 s after which common proxies close an idle connection, so that we are never the first. */
  keepAliveTimeout: 65_000,
};

/**
 * Listens on `host` and `port`.
 *
 * @throws SetupError when the port is taken or the address is not ours
 */
export async function createHttpServer(app: RequestListener, at: { host: string; port: number }): Promise<HttpServer> {
  const server = createServer(limits);
  const inHand = new Set<ServerResponse>();
  let closing = false;
  let ending = false;

  function handle(req: IncomingMessage, res: ServerResponse): void {
    // Middleware and pipelines listen for its end, each for itself; Node takes more than ten for a leak.
    res.setMaxListeners(50);
    inHand.add(res);
    if (ending) announceClose(res);
    res.once('close', () => {
      inHand.delete(res);
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    // Express hands on what has no path at all, such as `GET http://`, before any middleware, and would answer in HTML.
    (app as Handler)(req, res, () => {
      const noPath = new DomainError('invalid', 'The address of the request has no path.');
      runInTrace(undefined, () => sendProblem(req, res, noPath));
    });
  }

  server.on('request', handle);
  server.on('checkContinue', (req, res) => {
    continueWhenRead(req, res);
    handle(req, res);
  });
  server.on('clientError', answerUnreadable);

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, at)));
    server.listen(at.port, at.host, resolve);
  });

  const { port } = server.address() as AddressInfo;
  function drain(): void {
    ending = true;
    for (const res of inHand) announceClose(res);
  }

  return {
    url: `http://${reachableHost(at.host)}:${port}`,
    drain,

    close(deadline) {
      closing = true;
      drain();
      return new Promise((resolve) => {
        const force = () => server.closeAllConnections();
        server.close(() => {
          deadline.removeEventListener('abort', force);
          resolve();
        });
        if (deadline.aborted) force();
        else deadline.addEventListener('abort', force, { once: true });
      });
    },
  };
}

/** So that the client does not send its next request into a connection that we are about to close. */
function announceClose(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close');
}

/**
 * A sender with `Expect: 100-continue` is told to go on when someone begins to read its body: one that is refused by
 * its headers then never sends it (RFC 9110 §10.1.1).
 */
function continueWhenRead(req: IncomingMessage, res: ServerResponse): void {
  const read = req._read;
  req._read = function (this: IncomingMessage, size: number) {
    req._read = read;
    if (!res.headersSent) res.writeContinue();
    read.call(this, size);
  };
}

const statusByCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const sentences: Readonly<Record<number, string>> = {
  400: 'The request is not well-formed HTTP.',
  408: 'The request came too slowly. Please try again.',
  413: 'The request is too large.',
  431: 'The headers or the address of the request are too long.',
};

/** Answers what Node's parser gave up on, which never gets to the app. */
function answerUnreadable(error: NodeJS.ErrnoException, connection: NodeJS.WritableStream): void {
  const socket = connection as Socket;
  // With an answer under way, anything that we write would pass for a part of it.
  const answering = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || !socket.writable || answering) {
    socket.destroy();
    return;
  }
  const status = statusByCode[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status];
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: sentences[status],
    instance: '',
    traceId: '',
  });
  socket.write(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  );
  linger(socket);
}

function explainListenError(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): SetupError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is already taken by another program. Stop that one, or set PORT to a free port`,
    EACCES: `this user may not listen on port ${port}. Set PORT to 1024 or more`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one that is, such as 127.0.0.1`,
    ENOTFOUND: `the host name ${host} is not known. Set HOST to an address of this machine, such as 127.0.0.1`,
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return new SetupError(`Cannot listen: ${reason}.`, { cause: error });
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
