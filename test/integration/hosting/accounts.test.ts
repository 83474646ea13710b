import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridgeFiles } from '../../../src/hosting/bridge.ts';
import { HostingError } from '../../../src/hosting/hosting-error.ts';
import {
  Accounts,
  chooseIsolation,
  closedToOthers,
  findSetpriv,
} from '../../../src/hosting/isolation.ts';
import { listProcesses } from '../../../src/hosting/process-table.ts';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';
import { openTestHost, specOf, type TestHost, textOf } from '../../support/hosting/test-host.ts';
import { connectModern } from '../gateway/support/mcp-clients.ts';

const isRoot = process.getuid?.() === 0 && findSetpriv() !== undefined;
/** A checkout below a closed folder cannot be read by other accounts. */
const isReachable = closedToOthers(Object.values(bridgeFiles())) === undefined;
const RANGE = { first: 61_050, last: 61_099 };

describe.runIf(isRoot && isReachable)('servers with accounts of their own', () => {
  let test: TestHost;
  let one: InstanceSpec;
  let other: InstanceSpec;

  beforeAll(async () => {
    test = await openTestHost({
      isolation: { kind: 'accounts', ...RANGE },
      patience: { stopGraceMs: 500 },
    });
    const files = [{ name: 'key', content: 'for-one-alone', variable: 'KEY_FILE' }];
    const command = [process.execPath, test.program];
    one = specOf({ command }, { files, environment: { API_TOKEN: 'secret-of-one' } });
    other = specOf({ command }, { files });
    for (const spec of [one, other]) test.host.ensure(spec);
    for (const spec of [one, other]) await test.until(spec, 'running');
  });

  afterAll(() => test.close());

  const call = async (spec: InstanceSpec, name: string, args: Record<string, unknown> = {}) => {
    const client = await connectModern(test.accessOf(spec));
    try {
      return textOf(await client.callTool({ name, arguments: args }));
    } finally {
      await client.close();
    }
  };
  const identityOf = async (spec: InstanceSpec): Promise<{ pid: number; uid: number }> =>
    JSON.parse(await call(spec, 'identity'));
  const keyOf = ({ instanceId }: InstanceSpec) =>
    path.join(test.folder, 'servers', instanceId, 'credentials', 'key');

  it('read their own files, and neither each other’s nor ours', async () => {
    const [mine, theirs] = await Promise.all([identityOf(one), identityOf(other)]);
    expect(mine.uid).not.toBe(theirs.uid);
    for (const { uid } of [mine, theirs]) {
      expect(uid).toBeGreaterThanOrEqual(RANGE.first);
      expect(uid).toBeLessThanOrEqual(RANGE.last);
    }
    expect(statSync(keyOf(one)).uid).toBe(mine.uid);
    expect(await call(one, 'read', { file: keyOf(one) })).toBe('for-one-alone');
    const closed = [
      keyOf(one),
      `/proc/${mine.pid}/environ`,
      `/proc/${process.pid}/environ`,
      path.join(test.folder, 'records', `${one.instanceId}.json`),
    ];
    for (const file of closed) expect(await call(other, 'read', { file }), file).toBe('EACCES');
  });

  it('have no rights, and get none', async () => {
    const status = await call(one, 'status');
    expect(status).toMatch(/CapEff:\s0+\n/);
    expect(status).toMatch(/CapBnd:\s0+\n/);
    expect(status).toMatch(/NoNewPrivs:\s1\n/);
    expect(status).toMatch(/Groups:\s*\n/);
  });

  it('leave nothing of their account behind', async () => {
    const { uid } = await identityOf(other);
    await call(other, 'leave');
    await test.host.stop(other.instanceId);
    expect(listProcesses().filter((row) => row.uid === uid)).toEqual([]);
    expect(existsSync(path.dirname(keyOf(other)))).toBe(false);
    expect(readdirSync(path.join(test.folder, 'servers'))).toEqual([one.instanceId]);
  });
});

describe('who gets an account', () => {
  it('only what is allowed runs in ours', () => {
    const wish = { accounts: undefined, allowSameAccount: false };
    if (isRoot) expect(chooseIsolation(wish)).toMatchObject({ kind: 'accounts' });
    else expect(() => chooseIsolation(wish)).toThrow(HostingError);
    const kind = isRoot ? 'accounts' : 'same-account';
    expect(chooseIsolation({ ...wish, allowSameAccount: true })).toMatchObject({ kind });
  });

  it('each once, and there is an end of them', () => {
    const accounts = new Accounts({ first: 61_000, last: 61_001 });
    expect([accounts.take(), accounts.take()]).toEqual([61_000, 61_001]);
    expect(() => accounts.take()).toThrow(HostingError);
    accounts.free(61_000);
    expect(accounts.take()).toBe(61_000);
    expect(() => new Accounts({ first: 0, last: 5 })).toThrow(HostingError);
  });
});
