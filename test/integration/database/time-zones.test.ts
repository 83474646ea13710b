import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../src/database/database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let databaseTools: TestDatabase;
let database: Database;

beforeAll(async () => {
  databaseTools = await createTestDatabase();
  const name = new URL(databaseTools.url).pathname.slice(1);
  await databaseTools.owner.query(`ALTER DATABASE ${name} SET timezone = 'America/New_York'`);
  database = new Database({ url: databaseTools.url });
});

afterAll(async () => {
  await database.close();
  await databaseTools.drop();
});

describe('a database that its administrators keep in their own time zone', () => {
  // The second one is in an hour that clocks of New York leave out, the third in one that they repeat.
  it.each(['2026-07-01T12:00:00.000Z', '2026-03-08T02:30:00.000Z', '2026-11-01T01:30:00.000Z'])(
    'stores the moment %s as that moment, and gives it back',
    async (moment) => {
      const at = new Date(moment);
      const rows = await database.asUser(
        { tenantId: 't', userId: 'u' },
        (tx) => tx.$queryRaw<{ read: Date; seconds: number }[]>`
          select ${at}::timestamptz as read, extract(epoch from ${at}::timestamptz)::float8 as seconds`,
      );
      expect(rows).toEqual([{ read: at, seconds: at.getTime() / 1_000 }]);
    },
  );
});
