import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import type { Heartbeat } from '../../../../src/contract/generated.ts';
import { Program } from './program.ts';

/** How to start a {@link TestAgent}. */
export interface TestAgentOptions {
  name: string;
  /** Of the service that it belongs to. */
  serviceUrl: string;
  serviceSecret: string;
  heartbeatSecret: string;
  /** Beginnings of commands that it may start. */
  commands: readonly (readonly string[])[];
  /** 0: a free one. */
  port?: number;
  /** Default: a new folder. */
  dataDir?: string;
  /** Further settings. */
  env?: Readonly<Record<string, string>>;
}

/** A deployment agent as a process of its own, as operators run it. */
export interface TestAgent {
  program: Program;
  origin: string;
  port: number;
  dataDir: string;
  /** Ends it and its servers, and removes its folder. */
  destroy(): Promise<void>;
}

/** Starts a deployment agent, whose servers run in the account of the test. */
export async function startTestAgent(options: TestAgentOptions): Promise<TestAgent> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'agent-'));
  // Servers with accounts of their own go through it.
  chmodSync(dataDir, 0o711);
  const program = Program.built('agent', [], {
    env: {
      AGENT_NAME: options.name,
      AGENT_PORT: String(options.port ?? 0),
      AGENT_SERVICE_URL: options.serviceUrl,
      AGENT_SERVICE_SECRETS: options.serviceSecret,
      AGENT_HEARTBEAT_SECRET: options.heartbeatSecret,
      AGENT_DATA_DIR: dataDir,
      AGENT_COMMANDS: options.commands.map((words) => words.join(' ')).join(','),
      AGENT_SAME_ACCOUNT: 'on',
      ...options.env,
    },
  });
  const [, found = ''] = await program.written(
    /"port":(\d+),"msg":"the deployment agent is listening"/,
  );
  const port = Number(found);
  return {
    ...{ program, port, dataDir },
    origin: `${options.env?.['AGENT_TLS_CERT_FILE'] === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    destroy: async () => {
      if (program.isRunning) program.kill('SIGTERM');
      await program.ended();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A secret as operators make them. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Takes heartbeats in the place of the service. */
export interface HeartbeatReceiver {
  url: string;
  /** All that came, with the secret they were sent with. */
  received: { heartbeat: Heartbeat; authorization: string; path: string }[];
  /** What is answered. Default: 204. */
  status: number;
  close(): Promise<void>;
}

/** Listens for heartbeats. */
export async function receiveHeartbeats(): Promise<HeartbeatReceiver> {
  const receiver: HeartbeatReceiver = { url: '', received: [], status: 204, close: async () => {} };
  const server = createServer((request, response) => {
    const { url: place = '', headers } = request;
    void json(request).then((body) => {
      const heartbeat = body as Heartbeat;
      const { authorization = '' } = headers;
      receiver.received.push({ heartbeat, authorization, path: place });
      response.writeHead(receiver.status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  receiver.url = `http://127.0.0.1:${address.port}`;
  receiver.close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return receiver;
}
