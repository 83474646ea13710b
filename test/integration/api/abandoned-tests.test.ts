import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let slow: ScriptedServer;

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({ clock, env: { TESTS_AT_ONCE_PER_USER: '2' } });
  server = await ScriptedServer.start();
  slow = await ScriptedServer.start();
});

afterAll(async () => {
  await service.close();
  await server.stop();
  await slow.stop();
});

it('a client that leaves ends its tests, those under way and those in line', async () => {
  const gate = slow.gate('tools/list');
  const user = `user-${randomUUID()}`;
  const client = await service.clientFor(user);
  const token = await service.tokenFor(user);
  const leaving = new AbortController();
  const sending = [1, 2, 3].map(() =>
    fetch(`${service.url}/api/connectors/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ server_url: slow.url }),
      signal: leaving.signal,
    }).catch(() => 'gone'),
  );
  await gate.arrived(2);
  await expect.poll(() => clock.running(3_500)).toBe(1);
  const mine = () => service.operations().filter((line) => line['user_id'] === user);
  const logged = service.logLines.length;

  leaving.abort();

  expect(await Promise.all(sending)).toEqual(['gone', 'gone', 'gone']);
  await expect
    .poll(() => mine().map((line) => line['outcome']))
    .toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
  await expect.poll(() => slow.openSockets).toBe(0);
  expect((await client.testConnection({ server_url: server.url })).ok().success).toBe(true);
  const lines = service.logLines
    .slice(logged)
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(lines.filter((line) => line['status'] === 499)).toHaveLength(3);
  expect(lines.filter((line) => line['level'] === 'error' || line['level'] === 50)).toEqual([]);
});
