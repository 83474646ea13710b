import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionTestReport,
  messageFor,
} from '../../../src/modules/connectors/connection-test.ts';
import { ConnectionValidator } from '../../../src/modules/connectors/connection-validator.ts';
import { OutboundError } from '../../../src/outbound/outbound-error.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';
import {
  type Dialect,
  EXHIBITS,
  openWorkshop,
  startExhibit,
  type Workshop,
  type WorkshopServer,
} from '../../support/workshop/index.ts';
import { VERDICTS, type Verdict } from './support/verdicts.ts';
import { WorkshopClock } from './support/workshop-clock.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop.close());

/**
 * Milliseconds of processor time that a test may take, the server's share among them; the most that was seen is 200. Time in which the event
 * loop stands still would be what users notice, but on a busy machine it tells more of the others than of us. Work is counted alike
 * everywhere, on all threads: parsing, collecting garbage, decompressing. Garbage of the files that ran in this process before may be among it,
 * once; what a test costs by itself, it costs each time, so the least of three counts.
 */
const MAX_CPU_MS = 1_000;

async function withCpuTime<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1_000];
}

/** Starts a server and tests it on a clock of its own; both are closed in the end. */
async function visit<Result>(
  [name, dialect]: readonly [string, Dialect],
  look: (visit: {
    server: WorkshopServer;
    clock: WorkshopClock;
    test: (transport?: 'auto' | 'sse') => ReturnType<ConnectionValidator['test']>;
  }) => Promise<Result>,
): Promise<Result> {
  const server = await startExhibit(workshop, name, dialect);
  const clock = new WorkshopClock();
  server.onStall = clock.onStall;
  const client = createTestClient({ ...workshop.outbound, clock });
  const validator = new ConnectionValidator({ mcpClient: client.mcpClient, clock });
  const usual = dialect === 'sse' ? 'sse' : 'auto';
  try {
    return await look({
      server,
      clock,
      test: (transport = usual) =>
        validator.test({ url: server.url, transport, secretHeaders: {} }),
    });
  } finally {
    await client.close();
    await server.close();
  }
}

/** A report as the table states it. The clock has been started with the test. */
function verdictOf(report: ConnectionTestReport, clock: WorkshopClock): Verdict {
  return {
    code: report.errorCode,
    attempts: report.attempts,
    took: clock.monotonic(),
    tools: report.tools.map(({ name }) => name),
    warnings: report.warnings.map(({ tool }) => tool),
  };
}

it('there is a verdict on every server of the workshop', () => {
  expect([...VERDICTS.keys()].sort()).toEqual([...new Set(EXHIBITS.map(([name]) => name))].sort());
});

/** Tests the server once, and looks at all that a test may leave behind. @returns milliseconds of processor time */
function judge(exhibit: readonly [string, Dialect], expected: Verdict): Promise<number> {
  return visit(exhibit, async ({ server, clock, test }) => {
    const [report, cpuMilliseconds] = await withCpuTime(() => test());
    expect(verdictOf(report, clock)).toEqual(expected);
    expect(clock.pauses).toBe(expected.attempts - 1);
    expect(report.success).toBe(expected.code === undefined);
    expect(report.errorMessage).toBe(expected.code && messageFor(expected.code));
    const text = JSON.stringify(report);
    for (const secret of ['upstream text', '127.0.0.1', workshop.neighbour.origin]) {
      if (exhibit[0] !== 'foreign-schema') expect(text).not.toContain(secret);
    }
    expect(workshop.neighbour.requests).toEqual([]);
    expect(server.peakSockets()).toBeLessThanOrEqual(8);
    await expect.poll(() => server.openSockets(), { interval: 5 }).toBe(0);
    await expect.poll(() => clock.sleeping, { interval: 5 }).toBe(0);
    return cpuMilliseconds;
  });
}

describe('a test of a server', () => {
  it.each(EXHIBITS)('%s (%s)', async (name, dialect) => {
    const expected = VERDICTS.get(name)?.[dialect];
    if (expected === undefined) throw new Error('no verdict');
    const costs: number[] = [];
    do costs.push(await judge([name, dialect], expected));
    while (costs.length < 3 && Math.min(...costs) >= MAX_CPU_MS);
    expect(Math.min(...costs)).toBeLessThan(MAX_CPU_MS);
  });
});

describe('an SSE server', () => {
  it.each([
    'tls-fine',
    '502-then-fine',
    'wrong-id',
    'wrong-id-on-tools',
    'unknown-version',
    'hang-on-handshake',
    'hang-on-initialized',
    'hang-on-tools',
    'endless-pages',
    'endless-pings-on-tools',
    'pings-while-listing',
    'broken-tools',
  ])('gets the same verdict where its transport has to be found: %s', async (name) => {
    await visit([name, 'sse'], async ({ clock, test }) => {
      const report = await test('auto');
      expect(verdictOf(report, clock)).toEqual(VERDICTS.get(name)?.sse);
      if (report.success) expect(report.transport).toBe('sse');
    });
  });
});

describe('TLS', () => {
  it.each([
    ['tls-expired', 'CERT_HAS_EXPIRED'],
    ['tls-not-yet-valid', 'CERT_NOT_YET_VALID'],
    ['tls-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['tls-too-old', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    ['plain-behind-https', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ])('%s fails for its own reason', async (name, code) => {
    const server = await startExhibit(workshop, name);
    const { outbound, close } = createTestClient(workshop.outbound);
    try {
      const failure = await outbound.request(server.url, { method: 'GET' }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(OutboundError);
      expect(failure).toMatchObject({ code: 'TLS_FAILED', cause: { code } });
    } finally {
      await close();
      await server.close();
    }
  });
});
