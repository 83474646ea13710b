import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

/** The published demo server, running. */
export interface EverythingServer {
  /** Its MCP endpoint, on the loopback interface. */
  url: string;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Starts `@modelcontextprotocol/server-everything` over streamable HTTP, on a free loopback port.
 * @throws when it does not listen within 30 s, with what it printed.
 */
export async function startEverythingServer(): Promise<EverythingServer> {
  const { resolve } = createRequire(import.meta.url);
  const program = resolve('@modelcontextprotocol/server-everything/dist/index.js');
  const preload = new URL('./loopback-only.mjs', import.meta.url);
  const child = fork(program, ['streamableHttp'], {
    execArgv: ['--import', preload.href],
    // One of its tools shows its environment, and that of the quickstart may hold secrets.
    env: { PATH: process.env['PATH'] },
    // Ctrl-C in a terminal reaches the whole process group; this process decides when the server stops.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  try {
    const port = await portOf(child);
    return { url: `http://127.0.0.1:${port}/mcp`, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-2_000);
    });
  }
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const failure = async () => {
    await once(child, 'exit', { signal });
    throw new Error(`the demo server ended early: ${output}`);
  };
  const [message] = await Promise.race([once(child, 'message', { signal }), failure()]);
  if (typeof message?.port !== 'number') throw new Error('the demo server told no port');
  return message.port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
