import net from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionConfig } from '../../../src/database/connection-config.ts';
import { Database, DatabaseUnavailable } from '../../../src/database/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const ALICE = { tenantId: 'tenant-a', userId: 'alice' };

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase({
    maxConnections: 1,
    connectionTimeoutMs: 500,
    statementTimeoutMs: 300,
    transactionTimeoutMs: 1_000,
  });
});

afterAll(() => test.drop());

describe('work that cannot be done is DatabaseUnavailable, and the next one works', () => {
  async function expectUnavailable(work: Promise<unknown>): Promise<void> {
    await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await test.database.asUser(ALICE, (tx) => tx.connector.count())).toBe(0);
  }

  it('when a statement runs too long', () =>
    expectUnavailable(
      test.database.asUser(ALICE, (tx) => tx.$queryRaw`SELECT pg_sleep(20)::text`),
    ));

  it('when a transaction runs too long', () =>
    expectUnavailable(
      test.database.asUser(ALICE, async (tx) => {
        for (let step = 0; step < 20; step += 1) await tx.$queryRaw`SELECT pg_sleep(0.2)::text`;
      }),
    ));

  it('when a connection is ended under a transaction', () =>
    expectUnavailable(
      test.database.asUser(ALICE, async (tx) => {
        const rows: { pid: number }[] = await tx.$queryRaw`SELECT pg_backend_pid() AS pid`;
        await test.owner.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
        await tx.connector.count();
      }),
    ));

  it('when unused connections are ended', async () => {
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'mcp-connectors app'`;
    await test.database.asUser(ALICE, (tx) => tx.connector.count());
    await test.owner.query(end);
    await expect
      .poll(() => test.database.asUser(ALICE, (tx) => tx.connector.count()).catch(String))
      .toBe(0);
  });

  it('when all connections are taken', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let taken = () => {};
    const started = new Promise<void>((resolve) => {
      taken = resolve;
    });
    const holder = test.database.asUser(ALICE, async (tx) => {
      await tx.connector.count();
      taken();
      await released;
    });
    await started;
    await expect(test.database.asUser(ALICE, (tx) => tx.connector.count())).rejects.toBeInstanceOf(
      DatabaseUnavailable,
    );
    release();
    await holder.catch(() => {}); // on a slow machine its own time was up
    expect(await test.database.asUser(ALICE, (tx) => tx.connector.count())).toBe(0);
  });

  it('but the errors of the work itself pass', async () => {
    const error = new RangeError('mine');
    await expect(test.database.asUser(ALICE, () => Promise.reject(error))).rejects.toBe(error);
  });
});

describe('a database that is not there', () => {
  it.each([
    'postgresql://nobody@127.0.0.1:1/none',
    'postgresql://nobody@localhost/none?host=/nonexistent',
  ])('is unavailable: %s', async (url) => {
    const database = new Database({ url });
    await expect(database.asUser(ALICE, (tx) => tx.connector.count())).rejects.toBeInstanceOf(
      DatabaseUnavailable,
    );
    expect(await database.schemaState()).toMatchObject({ kind: 'unreachable' });
    await database.close();
  });

  it('is unavailable when it accepts connections and says nothing', async () => {
    const sockets = new Set<net.Socket>();
    const silent = net.createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const database = new Database({
      url: `postgresql://nobody@127.0.0.1:${port}/none`,
      connectionTimeoutMs: 200,
    });
    try {
      await expect(database.asUser(ALICE, (tx) => tx.connector.count())).rejects.toBeInstanceOf(
        DatabaseUnavailable,
      );
    } finally {
      await database.close();
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('breaks a connection that falls silent under a query', async () => {
    const upstream = new URL(test.url);
    const target = upstream.searchParams.get('host');
    let frozen = false;
    const proxy = net.createServer((client) => {
      const port = Number(upstream.port || 5432);
      const server =
        target === null
          ? net.connect(port, upstream.hostname)
          : net.connect(`${target}/.s.PGSQL.${port}`);
      client.on('data', (data) => server.write(data));
      server.on('data', (data) => {
        if (!frozen) client.write(data);
      });
      for (const socket of [client, server]) {
        socket.on('error', () => {});
        socket.on('close', () => {
          client.destroy();
          server.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const url = new URL(test.url);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
    const pool = new pg.Pool(
      connectionConfig(url.href, {
        application: 'silence',
        max: 1,
        statementTimeoutMs: 100,
        idleTimeoutMillis: 100,
      }),
    );
    pool.on('error', () => {});
    try {
      const client = await pool.connect();
      client.on('error', () => {});
      await client.query('SELECT 1');
      frozen = true;
      await expect(client.query('SELECT 2')).rejects.toThrow();
      client.release();
      frozen = false;
      expect((await pool.query('SELECT 3 AS n')).rows).toEqual([{ n: 3 }]);
    } finally {
      await pool.end();
      proxy.close();
    }
  });
});
