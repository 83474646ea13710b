import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { ConnectionValidator } from '../../../src/modules/connectors/connection-validator.ts';
import type { SeenRequest } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestClient, type TestClient } from '../../support/mcp-servers/test-client.ts';
import { type Gate, ScriptedServer } from '../api/support/scripted-server.ts';

/** Long enough for a busy machine. */
const NO_HURRY_MS = 60_000;

let client: TestClient;
let server: ScriptedServer;
/** Holds the request that ends a session: it has no body. */
let ending: Gate;

beforeEach(async () => {
  client = createTestClient({ probeTimeoutMs: NO_HURRY_MS, closeTimeoutMs: NO_HURRY_MS });
  server = await ScriptedServer.start();
  ending = server.gate('');
});

afterEach(async () => {
  ending.open();
  await client.close();
  await server.stop();
});

const refuse = (rpcMethod: string) => (seen: SeenRequest, response: ServerResponse) => {
  if (seen.rpcMethod !== rpcMethod) return false;
  response.writeHead(401).end();
  return true;
};

it.each([
  ['the tools', 'tools/list'],
  // This one fails to connect, and closes in the background.
  ['the end of the handshake', 'notifications/initialized'],
])('a test has ended when its session has: refused at %s', async (_name, rpcMethod) => {
  server.intercept = refuse(rpcMethod);
  // A clock of which no time limit passes.
  const clock = {
    monotonic: () => 0,
    sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(NO_HURRY_MS, signal),
  };
  const validator = new ConnectionValidator({ mcpClient: client.mcpClient, clock });
  let isOver = false;
  const testing = validator
    .test({ url: server.url, transport: 'auto', secretHeaders: {} })
    .finally(() => {
      isOver = true;
    });

  await ending.arrived();
  await new Promise((resolve) => setImmediate(resolve));
  expect([isOver, server.openSessions]).toEqual([false, 1]);
  ending.open();

  expect(await testing).toMatchObject({ errorCode: 'AUTH_REQUIRED', attempts: 1 });
  expect(server.openSessions).toBe(0);
});
