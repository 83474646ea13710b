import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { OperationLog } from '../../../src/lib/operation-log.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const alice = { tenantId: 'tenant-a', userId: 'alice' };

function setUp(fields: object = {}) {
  const lines: { level: string; fields: object; message: string }[] = [];
  const write = (level: string) => (line: object, message: string) => {
    lines.push({ level, fields: line, message });
  };
  const clock = new FakeClock();
  const logger = { info: write('info'), warn: write('warn') };
  return { log: new OperationLog({ logger, clock, context: { fields } }), lines, clock };
}

describe('OperationLog', () => {
  it('writes who, which connector, outcome and duration', async () => {
    const { log, lines, clock } = setUp({ request_id: 'r1' });
    const result = await log.run('connector.test', alice, async (fields) => {
      fields.connector_id = 'c1';
      fields.origin = 'https://mcp.example.com';
      fields.attempts = 2;
      clock.advance(12.6);
      return 'done';
    });
    expect(result).toBe('done');
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'connector operation',
        fields: {
          request_id: 'r1',
          operation: 'connector.test',
          tenant_id: 'tenant-a',
          user_id: 'alice',
          connector_id: 'c1',
          origin: 'https://mcp.example.com',
          attempts: 2,
          outcome: 'ok',
          duration_ms: 13,
        },
      },
    ]);
  });

  it('lets an operation that reports a failure say so', async () => {
    const { log, lines } = setUp();
    await log.run('connector.test', alice, async (fields) => {
      fields.outcome = 'TIMEOUT';
    });
    expect(lines).toMatchObject([{ level: 'info', fields: { outcome: 'TIMEOUT' } }]);
  });

  it('writes the code of an AppError and throws it on', async () => {
    const { log, lines, clock } = setUp();
    const error = new AppError('CONNECTOR_NOT_FOUND');
    const run = log.run('tool.call', alice, async (fields) => {
      fields.tool = 'github__search';
      fields.outcome = 'ok';
      clock.advance(5);
      throw error;
    });
    await expect(run).rejects.toBe(error);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'connector operation',
        fields: {
          operation: 'tool.call',
          tenant_id: 'tenant-a',
          user_id: 'alice',
          tool: 'github__search',
          outcome: 'CONNECTOR_NOT_FOUND',
          duration_ms: 5,
        },
      },
    ]);
  });

  it.each([
    new Error('password is topsecret'),
    new McpFailure('TIMEOUT', { cause: new Error('topsecret') }),
    'topsecret',
    undefined,
  ])('tells nothing of any other error: %s', async (error) => {
    const { log, lines } = setUp();
    const run = log.run('tool.call', alice, () => Promise.reject(error));
    await expect(run).rejects.toBe(error);
    expect(lines).toMatchObject([{ level: 'warn', fields: { outcome: 'INTERNAL' } }]);
    expect(JSON.stringify(lines)).not.toContain('topsecret');
  });

  it('says of work that was given up that it was', async () => {
    const { log, lines } = setUp();
    const { reason } = AbortSignal.abort();
    const run = log.run('connector.test', alice, () => Promise.reject(reason));
    await expect(run).rejects.toBe(reason);
    expect(lines).toMatchObject([{ level: 'warn', fields: { outcome: 'ABORTED' } }]);
  });

  it('shows neither causes nor details', async () => {
    const { log, lines } = setUp();
    const error = new AppError('UPSTREAM_INVALID', {
      detail: 'topsecret',
      cause: new Error('topsecret'),
    });
    await expect(log.run('tool.call', alice, () => Promise.reject(error))).rejects.toBe(error);
    expect(JSON.stringify(lines)).not.toContain('topsecret');
  });

  it('keeps the lines of concurrent operations apart', async () => {
    const { log, lines } = setUp();
    const run = (connectorId: string, outcome: string) =>
      log.run('connector.test', { ...alice, userId: connectorId }, async (fields) => {
        fields.connector_id = connectorId;
        await Promise.resolve();
        fields.outcome = outcome;
      });
    await Promise.all([run('c1', 'one'), run('c2', 'two')]);
    expect(lines.map((line) => line.fields)).toMatchObject([
      { user_id: 'c1', connector_id: 'c1', outcome: 'one' },
      { user_id: 'c2', connector_id: 'c2', outcome: 'two' },
    ]);
  });

  it('writes exactly one line, also where work throws before it awaits', async () => {
    const { log, lines } = setUp();
    const run = log.run('connector.test', alice, () => {
      throw new AppError('INTERNAL');
    });
    await expect(run).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(lines).toHaveLength(1);
  });
});
