import type { Socket } from 'node:net';
import fp from 'fastify-plugin';

/** How long {@link unreadAnswers} bears with clients who do not read. */
export interface UnreadAnswersOptions {
  /** Milliseconds in which nothing of an answer is taken, after which its connection is ended. Default 60,000. */
  stallMs?: number;
}

/** Milliseconds the end of the service waits for answers that are complete but not read yet. */
const STOP_WAIT_MS = 10_000;

/**
 * Bounds what clients cost who ask and do not read: each could keep ten megabytes of ours for as long as it likes. And has the end of the
 * service wait for those who read slowly: Node takes a connection for idle as soon as its answer is complete, and would cut it off.
 */
export const unreadAnswers = fp<UnreadAnswersOptions>(
  async (app, { stallMs = 60_000 }) => {
    const sockets = new Set<Socket>();
    app.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    // From the first byte of the answer on: before, a tool may be silent for minutes. Streams say something every 15 seconds. Node sets
    // the time anew when the answer was read and when the next request comes, and ends the connection when it is over.
    app.addHook('onSend', (_request, reply, payload, done) => {
      const { socket } = reply.raw;
      // Injected requests have none.
      if (socket !== null && sockets.has(socket)) socket.setTimeout(stallMs);
      done(null, payload);
    });
    app.addHook('preClose', async () => {
      const unread = [...sockets].filter(({ writableLength }) => writableLength > 0);
      if (unread.length === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_WAIT_MS);
      });
      await Promise.race([late, Promise.all(unread.map(untilRead))]);
      clearTimeout(timer);
    });
  },
  { name: 'unread-answers' },
);

function untilRead(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve).once('close', () => resolve());
  });
}
