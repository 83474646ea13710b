import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The published `@modelcontextprotocol/server-everything` as a process of its own. */
export interface EverythingServer {
  /** The MCP endpoint: streamable HTTP, or the stream of the SSE transport. */
  url: string;
  close(): Promise<void>;
}

/** Binds the server to loopback, tells the port it got, and ends it with its parent. */
const PRELOAD = `
import net from 'node:net';
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (port, callback) {
  this.once('listening', () => process.send({ port: this.address().port }));
  return listen.call(this, port, '127.0.0.1', callback);
};
process.on('disconnect', () => process.exit());
`;

/** Milliseconds; the server loads much before it listens. */
const START_MS = 60_000;

/** Starts the server on a free loopback port. */
export async function startEverything(
  transport: 'streamableHttp' | 'sse' = 'streamableHttp',
): Promise<EverythingServer> {
  const packageJson = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/package.json',
  );
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(PRELOAD)}`,
      join(packageJson, '..', 'dist', 'index.js'),
      transport,
    ],
    { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  const exited = once(child, 'exit');
  const [message] = await Promise.race([
    once(child, 'message', { signal: AbortSignal.timeout(START_MS) }),
    exited.then(() => {
      throw new Error('server-everything ended before it listened');
    }),
  ]);
  const { port } = message as { port: number };
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
