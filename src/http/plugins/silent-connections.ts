import type { Socket } from 'node:net';
import fp from 'fastify-plugin';

/**
 * Ends the connections on which no request ever came when the service stops. Node counts them neither as idle nor as late, so
 * that one of them, as clients open them ahead of need, would hold up the end of the service for as long as its client likes.
 */
export const silentConnections = fp(
  async (app) => {
    const silent = new Set<Socket>();
    app.server.on('connection', (socket: Socket) => {
      silent.add(socket);
      socket.once('close', () => silent.delete(socket));
    });
    app.server.on('request', ({ socket }) => silent.delete(socket));
    app.addHook('preClose', async () => {
      for (const socket of silent) socket.destroy();
    });
  },
  { name: 'silent-connections' },
);
