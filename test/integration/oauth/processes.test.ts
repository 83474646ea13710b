import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type Program, until } from '../system/support/program.ts';
import { addressOf, clientOf, makeSettings, startServer } from '../system/support/real-service.ts';
import { FRONTEND, SignInBench, startSignInBench } from './support/sign-in-bench.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

// Two real processes on one database, and an authorization server that ends the whole grant when a refresh token is used twice.

const settings = { ...makeSettings(), ...SignInBench.env, NODE_ENV: 'test' };

let bench: SignInBench;
let database: TestDatabase;
let first: Process;
let second: Process;
let users = 0;

interface Process {
  program: Program;
  url: string;
  client: ApiClient;
}

beforeAll(async () => {
  [bench, database] = await Promise.all([startSignInBench(), createTestDatabase()]);
  [first, second] = await Promise.all([start(), start()]);
});

afterAll(async () => {
  for (const { program } of [first, second]) await program.destroy();
  await bench.close();
  await database.drop();
});

beforeEach(async () => {
  bench.reset();
  users += 1;
  for (const one of [first, second]) {
    one.client = await clientOf(one.url, settings.JWT_SECRET, `alice-${users}`);
  }
});

async function start(): Promise<Process> {
  const program = startServer({ ...settings, DATABASE_URL: database.url });
  const url = await addressOf(program);
  return { program, url, client: await clientOf(url, settings.JWT_SECRET) };
}

const call = ({ client }: Process, { slug }: Connector) =>
  client.callTool({ name: `${slug}__echo`, arguments: { message: 'hello' } });
const refreshes = () => bench.as.tokenRequests.filter((form) => form.has('refresh_token')).length;

/** A connector whose token has ended when this returns; those that it is renewed with last an hour. */
async function connectWithEndedToken(): Promise<Connector> {
  bench.as.knobs.tokens = { expires_in: 0 };
  const connector = await bench.connect(first, first.client);
  bench.as.knobs.tokens = {};
  bench.as.expireTokens();
  return connector;
}

/** The token endpoint answers the first one when another one has come as well, or does not within a second. */
function waitForAnother(): void {
  const before = refreshes();
  let another = () => {};
  const came = new Promise<void>((resolve) => (another = resolve));
  bench.as.knobs.beforeToken = async () => {
    if (refreshes() > before + 1) return another();
    await Promise.race([came, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  };
}

async function fiftyCalls(connector: Connector): Promise<string[]> {
  waitForAnother();
  const calls = Array.from({ length: 50 }, (_, at) =>
    call(at % 2 === 0 ? first : second, connector),
  );
  return (await Promise.all(calls)).map(({ outcome }) => outcome);
}

describe('fifty calls in two processes with a token that has ended', () => {
  it('renew it once, and none of them fails', async () => {
    const connector = await connectWithEndedToken();
    const before = refreshes();
    expect(await fiftyCalls(connector)).toEqual(Array(50).fill('ok'));
    expect(refreshes()).toBe(before + 1);
    expect(bench.as.reused).toEqual([]);
  });

  it('would lose the grant without the lease', async () => {
    const connector = await connectWithEndedToken();
    const before = refreshes();
    // Every lease is over when it is taken.
    await database.owner.query(`
      create function take_the_lock_out() returns trigger language plpgsql as $$
        begin new.leased_until := case when new.lease_id is not null then now() - interval '1 hour' end; return new; end $$;
      create trigger take_the_lock_out before update on credentials for each row execute function take_the_lock_out()`);
    try {
      expect(new Set(await fiftyCalls(connector))).not.toEqual(new Set(['ok']));
      expect(refreshes()).toBeGreaterThan(before + 1);
      expect(bench.as.reused).not.toEqual([]);
    } finally {
      await database.owner.query('drop function take_the_lock_out cascade');
      bench.as.reused.length = 0;
    }
  });
});

describe('a process that is killed between the answer of the authorization server and its own commit', () => {
  it('costs a sign-in only where the old refresh token is void by then', async () => {
    const holder = await database.owner.connect();
    await holder.query('begin');
    const [kept, lost] = [await connectWithEndedToken(), await connectWithEndedToken()];
    /** Returns when that many connectors have new tokens which cannot be stored yet. */
    const untilAnswered = (count: number) =>
      until(`${count} answers are to be stored`, async () => {
        const { rowCount } = await database.owner.query(
          `select from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and query ilike 'update%credentials%'`,
        );
        return rowCount === count;
      });
    const cut: Promise<unknown>[] = [];
    for (const [connector, rotates] of [[kept, false] as const, [lost, true] as const]) {
      bench.as.knobs.rotates = rotates;
      bench.as.knobs.beforeToken = async () => {
        // It has its lease by now.
        const row = 'select from credentials where connector_id = $1 for update';
        await holder.query(row, [connector.id]);
      };
      cut.push(call(first, connector).catch(() => undefined));
      await untilAnswered(cut.length);
    }
    first.program.kill('SIGKILL');
    await first.program.ended();
    await Promise.all(cut);
    bench.as.knobs.beforeToken = () => {};
    await holder.query('rollback');
    holder.release();

    // Its leases end by themselves, half a minute later.
    await database.owner.query(
      `update credentials set leased_until = now() where lease_id is not null`,
    );
    const before = refreshes();
    expect((await call(second, kept)).outcome).toBe('ok');
    expect(refreshes()).toBe(before + 1);
    const refused = (await call(second, lost)).problem(409, 'NEEDS_AUTH');
    const link = `${FRONTEND}/connect?from=sign-in&connector_id=${lost.id}`;
    expect(refused).toMatchObject({ sign_in_url: link, may_have_run: false });
    expect(refreshes()).toBe(before + 2);
    const again = await bench.connect(second, second.client, { connector_id: lost.id });
    expect(again.status).toBe('ENABLED');
    expect((await call(second, lost)).outcome).toBe('ok');
  });
});
