import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import {
  type ConnectionTestTarget,
  ConnectionValidator,
} from '../../../src/modules/connectors/connection-validator.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startDualServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import {
  createTestClient,
  type TestOutboundOptions,
} from '../../support/mcp-servers/test-client.ts';
import { type Dialect, startMisbehaving } from '../../support/workshop/index.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Long enough for a busy machine. */
const NO_HURRY_MS = 20_000;

/** A validator whose waits between attempts are recorded, not waited for. */
function createValidator({
  attemptTimeoutMs = NO_HURRY_MS,
  probeTimeoutMs = NO_HURRY_MS,
  ...options
}: TestOutboundOptions & { attemptTimeoutMs?: number; probeTimeoutMs?: number } = {}) {
  const client = createTestClient({ ...options, probeTimeoutMs, closeTimeoutMs: 200 });
  cleanups.push(() => client.close());
  const delays: number[] = [];
  const validator = new ConnectionValidator({
    mcpClient: client.mcpClient,
    clock: {
      monotonic: () => systemClock.monotonic(),
      sleep: (ms, signal) => {
        if (ms !== 3_000) return systemClock.sleep(ms, signal);
        delays.push(ms);
        return Promise.resolve();
      },
    },
    attemptTimeoutMs,
  });
  const test = (target: Partial<ConnectionTestTarget> & { url: string }) =>
    validator.test({ transport: 'auto', secretHeaders: {}, ...target });
  return { test, delays, client, validator };
}

async function misbehaving(name: string, dialect: Dialect = 'legacy') {
  const server = await startMisbehaving(name, dialect);
  cleanups.push(() => server.close());
  return server;
}

describe('verdicts', () => {
  it.each(['hang', 'hang-on-initialized', 'hang-on-tools', 'hang-in-body', 'trickle'])(
    '%s is TIMEOUT, enforced from our side',
    async (name) => {
      const server = await misbehaving(name);
      const { test, delays } = createValidator({ attemptTimeoutMs: 300, probeTimeoutMs: 100 });
      const report = await test({ url: server.url });
      expect(report).toMatchObject({ success: false, errorCode: 'TIMEOUT', attempts: 2 });
      expect(delays).toEqual([3_000]);
      await expect.poll(() => server.openSockets()).toBe(0);
    },
  );

  it.each(['401', '401-on-tools', '401-with-metadata', '401-with-metadata-on-tools'])(
    '%s is AUTH_FAILED where credentials were sent',
    async (name) => {
      const server = await misbehaving(name);
      const secretHeaders = { Authorization: 'Bearer wrong' };
      const report = await createValidator().test({ url: server.url, secretHeaders });
      expect(report).toMatchObject({ success: false, errorCode: 'AUTH_FAILED', attempts: 1 });
    },
  );

  it.each<Dialect>(['legacy', 'modern', 'sse'])(
    'are of the moment: a server may change its mind (%s)',
    async (dialect) => {
      const transport = dialect === 'sse' ? 'sse' : 'auto';
      const other = await misbehaving('changes-its-tools', dialect);
      const page = await misbehaving('changes-its-mind', dialect);
      const { test } = createValidator();
      const names = async (url: string) =>
        (await test({ url, transport })).tools.map(({ name }) => name);
      expect([await names(other.url), await names(other.url)]).toEqual([['good'], ['other']]);
      expect(await test({ url: page.url, transport })).toMatchObject({ success: true });
      expect(await test({ url: page.url, transport })).toMatchObject({
        errorCode: 'INVALID_MCP_SERVER',
        attempts: 1,
        tools: [],
      });
    },
  );

  it('takes a refusal for an answer when the event stream stays silent', async () => {
    const server = await misbehaving('silent-sse');
    const { test } = createValidator({ probeTimeoutMs: 200 });
    const report = await test({ url: server.url });
    expect(report).toMatchObject({ errorCode: 'INVALID_MCP_SERVER', attempts: 1 });
    await expect.poll(() => server.openSockets()).toBe(0);
  });

  it('reports a sign-in that only the event stream asks for', async () => {
    const server = await startLegacyServer({ transport: 'sse', requireBearer: 'x' });
    cleanups.push(() => server.close());
    const report = await createValidator().test({ url: server.url });
    expect(report).toMatchObject({ errorCode: 'AUTH_REQUIRED', attempts: 1 });
  });

  it('asks an ending event stream once, however short its retry', async () => {
    const server = await misbehaving('sse-ends', 'sse');
    await createValidator().test({ url: server.url, transport: 'sse' });
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('refuses a URL that cannot be used without a request', async () => {
    const { test } = createValidator();
    for (const url of ['nope', 'ftp://example.com/mcp', 'https://user:secret@example.com/mcp']) {
      expect(await test({ url })).toMatchObject({ errorCode: 'INVALID_URL', attempts: 0 });
    }
  });

  it('refuses an address that is not allowed', async () => {
    const server = await misbehaving('html');
    const { test } = createValidator({ allowedAddresses: '' });
    expect(await test({ url: server.url })).toMatchObject({
      errorCode: 'BLOCKED_URL',
      attempts: 1,
    });
    expect(server.requests).toEqual([]);
  });

  it('reports a name that does not resolve as CONNECTION_FAILED', async () => {
    const dns = { servers: ['127.0.0.1:9'], timeoutMs: 50, tries: 1 };
    const { test } = createValidator({ dns });
    const report = await test({ url: 'https://nobody.example.com/mcp' });
    expect(report).toMatchObject({ errorCode: 'CONNECTION_FAILED', attempts: 2 });
  });

  it('tells missing credentials from wrong ones', async () => {
    const server = await startLegacyServer({ requireBearer: 'right' });
    cleanups.push(() => server.close());
    const { test } = createValidator();
    expect(await test({ url: server.url })).toMatchObject({
      errorCode: 'AUTH_REQUIRED',
      attempts: 1,
    });
    expect(
      await test({ url: server.url, secretHeaders: { Authorization: 'Bearer wrong' } }),
    ).toMatchObject({ errorCode: 'AUTH_FAILED', attempts: 1 });
    expect(
      await test({ url: server.url, secretHeaders: { Authorization: 'Bearer right' } }),
    ).toMatchObject({ success: true, errorCode: undefined });
  });
});

describe('tests that pass', () => {
  it('succeeds at the second attempt', async () => {
    const server = await misbehaving('502-then-fine');
    const { test, delays } = createValidator();
    const report = await test({ url: server.url });
    expect(report).toMatchObject({ success: true, attempts: 2, errorMessage: undefined });
    expect(report.tools.map(({ name }) => name)).toEqual(['good']);
    expect(delays).toEqual([3_000]);
  });

  it.each(['500-on-discover', 'hang-on-discover'])(
    'falls back to the legacy era: %s',
    async (kind) => {
      const server = await misbehaving(kind);
      const { test } = createValidator({ probeTimeoutMs: 100 });
      expect(await test({ url: server.url })).toMatchObject({
        success: true,
        era: 'legacy',
        protocolVersion: '2025-06-18',
        attempts: 1,
      });
    },
  );

  it('leaves broken tools out and names them', async () => {
    const server = await misbehaving('broken-tools');
    const report = await createValidator().test({ url: server.url });
    expect(report.success).toBe(true);
    expect(report.tools.map(({ name }) => name)).toEqual(['good']);
    expect(report.warnings.map(({ tool }) => tool)).toEqual([
      'no-schema',
      'text-schema',
      'x'.repeat(128),
      'bell',
      'large',
      'good',
      '',
    ]);
  });

  it('stops at a page that was there before', async () => {
    const server = await misbehaving('circular-pages');
    const report = await createValidator().test({ url: server.url });
    expect(report.success).toBe(true);
    expect(report.tools).toHaveLength(2);
  });

  it('answers a ping in the middle of an answer', async () => {
    const server = await misbehaving('pings-while-listing');
    const report = await createValidator().test({ url: server.url });
    expect(report.tools.map(({ name }) => name)).toEqual(['good']);
  });

  it('reports what it found and leaves neither session nor socket', async () => {
    const server = await startLegacyServer();
    cleanups.push(() => server.close());
    const { test } = createValidator();
    const report = await test({ url: server.url });
    expect(report).toMatchObject({
      success: true,
      serverInfo: { name: 'legacy-test-server', version: '1.2.3', title: undefined },
      protocolVersion: '2025-11-25',
      era: 'legacy',
      transport: 'streamable-http',
      attempts: 1,
      warnings: [],
    });
    expect(report.latencyMs).toBeGreaterThan(0);
    expect(Number.isInteger(report.latencyMs)).toBe(true);
    expect(report.tools.map(({ name }) => name)).toEqual(['echo', 'add', 'fail', 'wait']);
    expect(server.openSessions()).toBe(0);
    await expect.poll(() => server.openSockets()).toBe(0);
  });

  it('finds SSE by itself', async () => {
    const server = await startLegacyServer({ transport: 'sse' });
    cleanups.push(() => server.close());
    const report = await createValidator().test({ url: server.url });
    expect(report).toMatchObject({ success: true, transport: 'sse', era: 'legacy', attempts: 1 });
    expect(report.tools).toHaveLength(4);
    await expect.poll(() => server.openSessions()).toBe(0);
  });

  it('speaks the modern era where the server does', async () => {
    for (const start of [startDualServer, startModernServer]) {
      const server = await start();
      cleanups.push(() => server.close());
      const report = await createValidator().test({ url: server.url });
      expect(report).toMatchObject({
        success: true,
        era: 'modern',
        protocolVersion: '2026-07-28',
        serverInfo: { name: 'modern-test-server', title: 'Modern test server' },
      });
      expect(report.tools).toHaveLength(4);
    }
  });

  it('forgets a remembered era that is wrong', async () => {
    const modern = await startModernServer();
    const legacy = await startLegacyServer();
    cleanups.push(
      () => modern.close(),
      () => legacy.close(),
    );
    const { test } = createValidator();
    expect(await test({ url: modern.url, era: 'legacy' })).toMatchObject({ era: 'modern' });
    expect(await test({ url: legacy.url, era: 'modern' })).toMatchObject({ era: 'legacy' });
    const unaware = await misbehaving('no-initialize', 'modern');
    expect(await test({ url: unaware.url, era: 'legacy' })).toMatchObject({ era: 'modern' });
  });
});

it('ends when the caller gives up', async () => {
  const server = await misbehaving('hang');
  const { validator } = createValidator();
  const caller = new AbortController();
  const testing = validator.test(
    { url: server.url, transport: 'auto', secretHeaders: {} },
    { signal: caller.signal },
  );
  await expect.poll(() => server.requests.length).toBe(1);
  caller.abort(new Error('gone'));
  await expect(testing).rejects.toThrow('gone');
  await expect.poll(() => server.openSockets()).toBe(0);
});
