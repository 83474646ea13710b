import { beforeEach, describe, expect, it } from 'vitest';
import type { McpClient, McpConnection } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { ConnectionValidator } from '../../../src/modules/connectors/connection-validator.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';

const target = {
  url: 'https://mcp.example.com/mcp',
  transport: 'auto',
  secretHeaders: {},
} as const;

let clock: FakeClock;
/** Opens when what was opened may close. */
let closed: Gate;
let closings: number;
/** How often the client was asked to connect. */
let attempts: number;

beforeEach(() => {
  clock = new FakeClock();
  closed = new Gate();
  closings = 0;
  attempts = 0;
});

const close = () => {
  closings += 1;
  return closed.promise;
};

const connection = (listTools: McpConnection['listTools']): McpConnection => ({
  serverInfo: undefined,
  protocolVersion: '2025-11-25',
  era: 'legacy',
  transport: 'sse',
  serverOrigin: 'https://mcp.example.com',
  watchLists: () => {},
  listTools,
  listOfferings: () => Promise.resolve({}),
  requestOffering: () => Promise.reject(new Error('not called by a test')),
  callTool: () => Promise.reject(new Error('not called by a test')),
  close,
});
const forEver = (): Promise<never> => new Promise(() => {});

/** Begins a test, and tells how it ended, if it has. */
function begin(connect: McpClient['connect'], signal?: AbortSignal): () => unknown {
  const counted: McpClient['connect'] = (...call) => {
    attempts += 1;
    return connect(...call);
  };
  const validator = new ConnectionValidator({ mcpClient: { connect: counted }, clock });
  let outcome: unknown;
  validator.test(target, signal === undefined ? {} : { signal }).then(
    (report) => {
      outcome = report;
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  return () => outcome;
}

async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await settled();
}

describe('a test ends when what it opened is closed', () => {
  /** A link that fails, and closes in the background. */
  const refused: McpClient['connect'] = async (_target, { onLink }) => {
    onLink?.({ close });
    throw new McpFailure('AUTH_REQUIRED');
  };

  it('also a link that failed', async () => {
    const outcome = begin(refused);
    await settled();
    expect([outcome(), closings]).toEqual([undefined, 1]);
    closed.open();
    await settled();
    expect(outcome()).toMatchObject({ errorCode: 'AUTH_REQUIRED', latencyMs: 0, attempts: 1 });
    expect(clock.sleeping).toBe(0);
  });

  it('also after the deadline, for two seconds', async () => {
    const outcome = begin(async () => connection(forEver));
    await settled();
    await pass(10_000);
    expect([closings, attempts]).toEqual([1, 1]);
    // The pause before the second attempt is time enough.
    await pass(2_999);
    expect(attempts).toBe(1);
    await pass(1);
    expect(attempts).toBe(2);
    await pass(10_000);
    await pass(1_999);
    expect([outcome(), closings]).toEqual([undefined, 2]);
    await pass(1);
    expect(outcome()).toMatchObject({ errorCode: 'TIMEOUT', latencyMs: 10_000, attempts: 2 });
    expect(clock.sleeping).toBe(0);
  });

  it('and no later than 25 seconds after it began, whatever the server does', async () => {
    const outcome = begin(async (_target, { onLink }) => {
      onLink?.({ close });
      await clock.sleep(9_999);
      return connection(async () => {
        await clock.sleep(1);
        throw new McpFailure('CONNECTION_FAILED');
      });
    });
    for (let tenths = 0; tenths < 250; tenths += 1) await pass(100);
    expect(outcome()).toMatchObject({ success: false, attempts: 2 });
    expect(clock.sleeping).toBe(0);
  });

  it('also where its caller gives up', async () => {
    const caller = new AbortController();
    const outcome = begin(async () => connection(forEver), caller.signal);
    await settled();
    const reason = new Error('gone');
    caller.abort(reason);
    await settled();
    expect([outcome(), closings]).toEqual([undefined, 1]);
    closed.open();
    await settled();
    expect(outcome()).toBe(reason);
    expect(clock.sleeping).toBe(0);
  });

  it('but not where nothing was opened', async () => {
    const outcome = begin(forEver);
    await pass(10_000);
    await pass(3_000);
    await pass(10_000);
    expect(outcome()).toMatchObject({ errorCode: 'TIMEOUT', attempts: 2 });
    expect(closings).toBe(0);
  });
});
