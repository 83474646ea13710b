import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/errors/error-codes.ts';
import type { McpClient, McpConnection } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure, type McpFailureCode } from '../../../src/mcp/client/mcp-failure.ts';
import { messageFor } from '../../../src/modules/connectors/connection-test.ts';
import { ConnectionValidator } from '../../../src/modules/connectors/connection-validator.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const target = {
  url: 'https://mcp.example.com/mcp',
  transport: 'auto',
  secretHeaders: {},
} as const;

/** Lets promises that are ready go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

class FakeConnection implements McpConnection {
  readonly serverInfo = { name: 'fake', version: '1', title: undefined };
  readonly protocolVersion = '2025-11-25';
  readonly era = 'legacy';
  readonly transport = 'sse';
  readonly serverOrigin = 'https://mcp.example.com';
  closed = 0;
  listTools: McpConnection['listTools'] = () => Promise.resolve({ tools: [], warnings: [] });
  callTool: McpConnection['callTool'] = () => Promise.reject(new Error('not called by a test'));
  listOfferings: McpConnection['listOfferings'] = () => Promise.resolve({});
  requestOffering: McpConnection['requestOffering'] = () =>
    Promise.reject(new Error('not called by a test'));
  watchLists(): void {}
  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

function createValidator(...connects: McpClient['connect'][]) {
  const clock = new FakeClock();
  let attempts = 0;
  const connect: McpClient['connect'] = (...call) => {
    const attempt = connects[Math.min(attempts, connects.length - 1)];
    attempts += 1;
    if (attempt === undefined) throw new Error('no connect given');
    return attempt(...call);
  };
  const validator = new ConnectionValidator({ mcpClient: { connect }, clock });
  return { clock, validator, attempts: () => attempts };
}

const failing = (code: McpFailureCode) => () => Promise.reject(new McpFailure(code));
/** A client that ignores its signal. */
const hanging = () => new Promise<McpConnection>(() => {});

describe('ConnectionValidator', () => {
  it('ends an attempt after ten seconds, whatever the client does', async () => {
    const { clock, validator, attempts } = createValidator(hanging);
    const testing = validator.test(target);
    clock.advance(9_999);
    await settle();
    expect(attempts()).toBe(1);
    clock.advance(1);
    await settle();
    // Three seconds later it tries once more.
    clock.advance(2_999);
    await settle();
    expect(attempts()).toBe(1);
    clock.advance(1);
    await settle();
    expect(attempts()).toBe(2);
    clock.advance(10_000);
    expect(await testing).toMatchObject({
      success: false,
      errorCode: 'TIMEOUT',
      errorMessage: messageFor('TIMEOUT'),
      attempts: 2,
      latencyMs: 10_000,
    });
    expect(clock.sleeping).toBe(0);
  });

  it('bounds connect and discovery together, and tells the client', async () => {
    const connection = new FakeConnection();
    const signals: AbortSignal[] = [];
    connection.listTools = ({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { clock, validator } = createValidator(async (_target, { signal }) => {
      signals.push(signal);
      await clock.sleep(6_000);
      return connection;
    }, failing('AUTH_REQUIRED'));
    const testing = validator.test(target);
    await settle();
    clock.advance(6_000);
    await settle();
    clock.advance(4_000);
    await settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    clock.advance(3_000);
    expect(await testing).toMatchObject({ errorCode: 'AUTH_REQUIRED', attempts: 2, latencyMs: 0 });
  });

  it.each<McpFailureCode>([
    'BLOCKED_URL',
    'AUTH_FAILED',
    'AUTH_REQUIRED',
    'INVALID_MCP_SERVER',
    'PROTOCOL_MISMATCH',
    'RESPONSE_TOO_LARGE',
  ])('does not try again after %s', async (code) => {
    const { clock, validator } = createValidator(failing(code));
    expect(await validator.test(target)).toMatchObject({ errorCode: code, attempts: 1 });
    expect(clock.sleeping).toBe(0);
  });

  it('counts no attempt for a URL that cannot be used', async () => {
    const { validator } = createValidator(failing('INVALID_URL'));
    expect(await validator.test(target)).toMatchObject({ errorCode: 'INVALID_URL', attempts: 0 });
  });

  it('reports the second attempt', async () => {
    const connection = new FakeConnection();
    const { clock, validator } = createValidator(failing('CONNECTION_FAILED'), () =>
      Promise.resolve(connection),
    );
    const testing = validator.test(target);
    await settle();
    clock.advance(3_000);
    expect(await testing).toEqual({
      success: true,
      offerings: {},
      errorCode: undefined,
      errorMessage: undefined,
      tools: [],
      warnings: [],
      serverInfo: connection.serverInfo,
      protocolVersion: '2025-11-25',
      era: 'legacy',
      transport: 'sse',
      latencyMs: 0,
      attempts: 2,
    });
    expect(connection.closed).toBe(1);
  });

  it('closes a connection whose tools cannot be listed', async () => {
    const connection = new FakeConnection();
    connection.listTools = failing('INVALID_MCP_SERVER');
    const { validator } = createValidator(() => Promise.resolve(connection));
    expect(await validator.test(target)).toMatchObject({ errorCode: 'INVALID_MCP_SERVER' });
    expect(connection.closed).toBe(1);
  });

  it('keeps its verdict when the connection does not close, and the deadline too', async () => {
    for (const [list, code] of [
      [() => Promise.resolve({ tools: [], warnings: [] }), undefined],
      [failing('RESPONSE_TOO_LARGE'), 'RESPONSE_TOO_LARGE'],
    ] as const) {
      const connection = new FakeConnection();
      connection.listTools = list;
      connection.close = () => new Promise(() => {});
      const { clock, validator } = createValidator(async () => {
        await clock.sleep(4_000);
        return connection;
      });
      const reports: unknown[] = [];
      const testing = validator.test(target).then((report) => reports.push(report));
      await settle();
      clock.advance(4_000);
      await settle();
      clock.advance(5_999);
      await settle();
      expect(reports).toEqual([]);
      clock.advance(1);
      await testing;
      expect(reports).toMatchObject([{ errorCode: code, latencyMs: 4_000, attempts: 1 }]);
      expect(clock.sleeping).toBe(0);
    }
  });

  it('closes a connection that comes too late', async () => {
    const connection = new FakeConnection();
    let arrive: (connection: McpConnection) => void = () => {};
    const { clock, validator } = createValidator(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
      failing('AUTH_FAILED'),
    );
    const testing = validator.test(target);
    clock.advance(10_000);
    await settle();
    arrive(connection);
    await settle();
    expect(connection.closed).toBe(1);
    clock.advance(3_000);
    await testing;
  });

  it('ends with the reason of its caller, in an attempt and between two', async () => {
    for (const connect of [hanging, failing('TIMEOUT')]) {
      const { clock, validator } = createValidator(connect);
      const caller = new AbortController();
      const testing = validator.test(target, { signal: caller.signal });
      const outcome = expect(testing).rejects.toThrow('gone');
      await settle();
      caller.abort(new Error('gone'));
      await outcome;
      expect(clock.sleeping).toBe(0);
    }
  });

  describe('asked for prompts and resources', () => {
    const found = { prompt: [{ key: 'p', definition: {} }] };

    it('reads them once the test has passed', async () => {
      const connection = new FakeConnection();
      const { validator } = createValidator(async () => connection);
      connection.listOfferings = async () => found;
      const report = await validator.test(target, { withOfferings: true });
      expect(report).toMatchObject({ success: true, offerings: found });
      expect((await validator.test(target)).offerings).toEqual({});
    });

    it('waits no longer than they may take, and than is left of the attempt', async () => {
      for (const [connectMs, left] of [
        [0, 4_000],
        [9_000, 1_000],
      ] as const) {
        const connection = new FakeConnection();
        const { clock, validator } = createValidator(async () => {
          if (connectMs > 0) await clock.sleep(connectMs);
          return connection;
        });
        connection.listOfferings = ({ signal }) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve({})));
        const testing = validator.test(target, { withOfferings: true });
        await settle();
        if (connectMs > 0) clock.advance(connectMs);
        await settle();
        clock.advance(left - 1);
        await settle();
        expect(clock.sleeping).toBe(1);
        clock.advance(1);
        expect(await testing).toMatchObject({
          success: true,
          offerings: {},
          latencyMs: connectMs,
          attempts: 1,
        });
        expect(connection.closed).toBe(1);
        expect(clock.sleeping).toBe(0);
      }
    });

    it('ends with its caller', async () => {
      const connection = new FakeConnection();
      const { validator } = createValidator(async () => connection);
      connection.listOfferings = ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({})));
      const caller = new AbortController();
      const testing = validator.test(target, { signal: caller.signal, withOfferings: true });
      const outcome = expect(testing).rejects.toThrow('gone');
      await settle();
      caller.abort(new Error('gone'));
      await outcome;
      expect(connection.closed).toBe(1);
    });
  });

  it('does not hide a fault of its own', async () => {
    const { validator } = createValidator(() => Promise.reject(new TypeError('bug')));
    await expect(validator.test(target)).rejects.toThrow('bug');
  });
});

it('every verdict has a code of the API and a sentence that says what to do', () => {
  const verdicts: McpFailureCode[] = [
    'INVALID_URL',
    'BLOCKED_URL',
    'CONNECTION_FAILED',
    'TIMEOUT',
    'AUTH_FAILED',
    'AUTH_REQUIRED',
    'INVALID_MCP_SERVER',
    'PROTOCOL_MISMATCH',
    'RESPONSE_TOO_LARGE',
  ];
  for (const code of verdicts) {
    expect(ERROR_CODES[code].status).toBe(422);
    expect(messageFor(code)).toMatch(/^[A-Z].*(Enter|Use|Check|Choose|Update|Reduce).*\.$/);
  }
  expect(new Set(verdicts.map(messageFor)).size).toBe(verdicts.length);
});
