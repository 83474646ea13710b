import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { TransitServer } from '../../support/transit-server.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { Program } from './support/program.ts';
import { readiness } from './support/service-on.ts';

const PAUSES = new Set([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);

/** Pauses between attempts are short. */
class HastyClock extends OffsetClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(PAUSES.has(ms) ? 50 : ms, signal);
  }
}

let transit: TransitServer;
let server: ScriptedServer;
let dataKey: string;
let wrapped: string;
let services: TestService[];

beforeAll(async () => {
  server = await ScriptedServer.start({ token: 'token-of-alice' });
});

afterAll(() => server.stop());

beforeEach(async () => {
  transit = new TransitServer();
  await transit.listen();
  dataKey = randomBytes(32).toString('base64');
  wrapped = transit.wrap(dataKey);
  services = [];
});

afterEach(async () => {
  for (const service of services.reverse()) await service.close();
  await transit.stop();
});

async function start(env: Record<string, string> = {}): Promise<TestService> {
  const service = await startTestService({
    env: {
      ENCRYPTION_KEYS: `k1:${wrapped}`,
      KEY_SERVICE_URL: transit.url,
      KEY_SERVICE_TOKEN: transit.token,
      ...env,
    },
    clock: new HastyClock(),
  });
  services.push(service);
  return service;
}

const connector = () => ({
  name: 'Mine',
  server_url: server.url,
  credentials: { token: 'token-of-alice' },
});

async function reasonOf(service: TestService): Promise<unknown> {
  const { text } = await readiness(service.url);
  const { checks } = JSON.parse(text) as { checks: { name: string; reason?: string }[] };
  return checks.find(({ name }) => name === 'key_service')?.reason;
}

describe('keys that a key service wrapped', () => {
  it('are unwrapped once and kept, so that the key service may go away', async () => {
    const service = await start();
    expect((await readiness(service.url)).status).toBe(200);
    await transit.stop();

    const alice = await service.clientFor('alice');
    (await alice.createConnector(connector())).ok(201);
    (await alice.callTool({ name: 'mine__echo' })).ok();

    expect(transit.statuses).toEqual([200]);
    // It is the wrapped key that seals: with it alone everything opens.
    const plain = await start({
      ENCRYPTION_KEYS: `k1:${dataKey}`,
      DATABASE_URL: service.databaseTools.url,
      JWT_SECRET: service.env['JWT_SECRET'] ?? '',
      KEY_SERVICE_URL: '',
      KEY_SERVICE_TOKEN: '',
    });
    const again = alice.at(plain.url);
    (await again.callTool({ name: 'mine__echo' })).ok();
    await transit.listen();
  });

  it('stand beside plain ones, and are moved to by a re-seal', async () => {
    const old = `old:${randomBytes(32).toString('base64')}`;
    const service = await start({ ENCRYPTION_KEYS: old });
    const alice = await service.clientFor('alice');
    (await alice.createConnector(connector())).ok(201);
    const env = {
      DATABASE_URL: service.databaseTools.url,
      ENCRYPTION_KEYS: `k1:${wrapped},${old}`,
      KEY_SERVICE_URL: `${transit.url}/`,
      KEY_SERVICE_TOKEN: 'not the token',
    };

    const refused = Program.built('reseal', [], { env });
    expect((await refused.ended()).code).toBe(1);
    expect(refused.output).toContain('KEY_SERVICE_TOKEN');

    env.KEY_SERVICE_TOKEN = transit.token;
    const command = Program.built('reseal', [], { env });
    expect((await command.ended()).code, command.output).toBe(0);
    expect(command.output).toContain('1 of 1 connectors sealed with k1');
  });

  it('make the service wait where the key service is down at its start, and say so', async () => {
    await transit.stop();

    const service = await start();

    expect((await readiness(service.url)).status).toBe(503);
    expect(await reasonOf(service)).toMatch(/key service cannot be reached/);
    const alice = await service.clientFor('alice');
    (await alice.createConnector(connector())).problem(503, 'NOT_READY');
    expect(service.logLines.join('')).toContain('the encryption keys cannot be unwrapped');

    await transit.listen();
    await expect
      .poll(async () => (await readiness(service.url)).status, { timeout: 10_000 })
      .toBe(200);
    (await alice.createConnector(connector())).ok(201);
  });

  it.each([
    ['is sealed', { status: 503, body: { errors: ['Vault is sealed'] } }, /cannot be reached/],
    ['refuses', { status: 403, body: { errors: ['permission denied'] } }, /KEY_SERVICE_TOKEN/],
    ['leads elsewhere', { status: 307, body: '' }, /cannot be reached/],
    ['is another server', { status: 200, body: '<html>' }, /no key service/],
    ['says nothing', { status: 204, body: '' }, /no key service/],
    [
      'unwraps something else',
      { status: 200, body: { data: { plaintext: 'c2hvcnQ=' } } },
      /exactly 32 bytes/,
    ],
  ])('do not open where the key service %s', async (_what, knob, reason) => {
    transit.knob = knob;

    const service = await start();

    expect(await reasonOf(service)).toMatch(reason);
    const log = service.logLines.join('');
    for (const secret of [transit.token, wrapped, dataKey, 'c2hvcnQ=']) {
      expect(log).not.toContain(secret);
    }
    transit.knob = undefined;
    await expect.poll(() => reasonOf(service), { timeout: 10_000 }).toBeUndefined();
  });

  it('do not open with the wrong token, or under another name', async () => {
    const stranger = await start({ KEY_SERVICE_TOKEN: 'hvs.of-somebody-else' });
    expect(await reasonOf(stranger)).toMatch(/KEY_SERVICE_TOKEN/);
    const misnamed = await start({ KEY_SERVICE_KEY: 'another' });
    expect(await reasonOf(misnamed)).toMatch(/KEY_SERVICE_KEY/);
  });
});
