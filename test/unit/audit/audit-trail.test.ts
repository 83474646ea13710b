import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../../../src/database/database-unavailable.ts';
import { AppError } from '../../../src/errors/app-error.ts';
import { ChangeContext } from '../../../src/lib/change-context.ts';
import { shapeOf } from '../../../src/modules/audit/argument-shape.ts';
import type { AuditEntry } from '../../../src/modules/audit/audit.ts';
import { AuditTrail } from '../../../src/modules/audit/audit-trail.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const ALICE = { tenantId: 'acme', userId: 'alice' };
const CANARY = 'canary-9f2c';

let written: AuditEntry[];
let batches: number[];
let lost: number[];
let insert: (entries: readonly AuditEntry[]) => Promise<void>;
let trail: AuditTrail;
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
  written = [];
  batches = [];
  lost = [];
  insert = async (entries) => {
    batches.push(entries.length);
    written.push(...entries);
  };
  trail = new AuditTrail({
    store: { insert: (entries) => insert(entries) },
    changes: new ChangeContext(),
    requests: { fields: { request_id: 'request-1' }, caller: undefined },
    clock,
    onLost: (count) => void lost.push(count),
  });
});

const ENDED = { arguments: {}, connectorId: 'c1', outcome: 'ok', durationMs: 5 };
const call = (tool = 'mine__echo') => trail.called(ALICE, { ...ENDED, tool });

describe('what waits to be written', () => {
  it('is written in batches, in order, once', async () => {
    for (let n = 0; n < 2_500; n += 1) call(`tool-${n}`);
    await Promise.all([trail.flush(), trail.flush()]);
    expect(batches).toEqual([1_000, 1_000, 500]);
    expect(written.map(({ objectId }) => objectId)).toEqual(
      Array.from({ length: 2_500 }, (_, n) => `tool-${n}`),
    );
    await trail.flush();
    expect(batches).toHaveLength(3);
  });

  it('waits while there is no database, with bounds, and the oldest go first', async () => {
    const write = insert;
    insert = async () => {
      throw new DatabaseUnavailable({ cause: 'away' });
    };
    call('first');
    await trail.flush();
    for (let n = 0; n < 10_000; n += 1) call(`tool-${n}`);
    await trail.flush();
    expect(lost).toEqual([1]);
    insert = write;
    await trail.flush();
    expect(written).toHaveLength(10_000);
    expect(written[0]?.objectId).toBe('tool-0');
  });

  it('costs nobody else theirs where the database refuses a batch', async () => {
    const write = insert;
    insert = async () => {
      throw new Error('refused');
    };
    call('refused');
    await trail.flush();
    expect(lost).toEqual([1]);
    insert = write;
    call('kept');
    await trail.flush();
    expect(written.map(({ objectId }) => objectId)).toEqual(['kept']);
  });
});

describe('an entry', () => {
  it('has nothing in it that a database refuses, or that is no name', async () => {
    call(`${CANARY} \u0000 is no name`);
    const fields = { connector_id: `c\u0000${'x'.repeat(1_000)}\ud800` };
    const change = { action: 'connector.update', identity: ALICE, isRecorded: false };
    trail.ended(change, 'CONNECTOR_CHANGED', fields, new AppError('CONNECTOR_CHANGED'));
    await trail.flush();
    expect(written[0]).toMatchObject({ objectId: undefined, action: 'tool.call' });
    expect(JSON.stringify(written)).not.toContain(CANARY);
    expect(JSON.stringify(written)).not.toContain('\\u0000');
    expect(written[1]?.connectorId?.length).toBeLessThanOrEqual(255);
  });

  it('is there once for a failure that passes through several operations, and not for 403', async () => {
    const inner = { action: 'connector.create', identity: ALICE, isRecorded: false };
    const outer = { ...inner, action: 'oauth.complete' };
    const error = new AppError('CONNECTOR_NAME_TAKEN');
    trail.ended(inner, error.code, {}, error);
    trail.ended(outer, error.code, {}, error);
    trail.ended(outer, 'PROJECT_ADMIN_REQUIRED', {}, new AppError('PROJECT_ADMIN_REQUIRED'));
    trail.ended({ ...outer, isRecorded: true }, 'ok', {});
    trail.ended(outer, 'ok', {});
    await trail.flush();
    expect(written.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['connector.create', 'CONNECTOR_NAME_TAKEN'],
      ['oauth.complete', 'ok'],
    ]);
  });
});

describe('an erased user', () => {
  it('is in nothing that is written from then on, but for what they begin anew', async () => {
    // What is written before is up to the erasure.
    call('waiting');
    await trail.forget(ALICE);
    call('ends-later');
    await trail.flush();
    expect(written.map(({ userId }) => userId)).toEqual(['alice', 'erased']);
    clock.advance(60_000);
    call('anew');
    trail.called({ ...ALICE, userId: 'bob' }, { ...ENDED, tool: 'of-bob' });
    await trail.flush();
    expect(written.slice(2).map(({ userId }) => userId)).toEqual(['alice', 'bob']);
  });
});

describe('a user whom another replica has erased', () => {
  it('is in nothing that still waits', async () => {
    call('waiting');
    await trail.forget(ALICE, { isErased: true });
    call('ends-later');
    await trail.flush();
    expect(written.map(({ userId }) => userId)).toEqual(['erased', 'erased']);
  });
});

describe('the shape of arguments', () => {
  it('has names, types and sizes, and no value', () => {
    const args = {
      title: CANARY,
      count: 4711,
      deep: { secret: CANARY },
      list: [CANARY, CANARY],
      flag: true,
      nothing: null,
      [`${CANARY} as a name`]: 1,
      ['x'.repeat(65)]: 1,
    };
    const shape = shapeOf(args);
    expect(shape).toEqual({
      bytes: Buffer.byteLength(JSON.stringify(args)),
      members: [
        { name: 'title', type: 'string', size: CANARY.length },
        { name: 'count', type: 'number', size: null },
        { name: 'deep', type: 'object', size: 1 },
        { name: 'list', type: 'array', size: 2 },
        { name: 'flag', type: 'boolean', size: null },
        { name: 'nothing', type: 'null', size: null },
      ],
      more: 2,
    });
    expect(JSON.stringify(shape)).not.toContain(CANARY);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`m${n}`, n]));
    expect(shapeOf(many)).toMatchObject({ members: { length: 50 }, more: 10 });
    expect(shapeOf(JSON.parse('{"__proto__": 1}'))).toMatchObject({
      members: [{ type: 'number' }],
    });
  });
});
