// Entry: says which credentials the job would delete now that removes those of connectors disabled long ago. It changes nothing.
// `npm run credentials:deactivated`, or `node dist/deactivated.js` where only the production dependencies are installed;
// `--days 7` tries another age than CREDENTIALS_KEPT_DAYS.
import { parseArgs } from 'node:util';
import { SETTINGS } from './config-settings.ts';
import { Database, describeSchemaState } from './database/index.ts';
import { systemClock } from './lib/clock.ts';
import { deletionLimit, listDue, PrismaCredentialAgeStore } from './modules/connectors/index.ts';
import { settingChecks } from './setting-checks.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** @returns the exit code: 0 when everything was said, 1 when the database cannot be used, 2 when a setting is wrong. */
async function main(databaseUrl = '', days = ''): Promise<number> {
  const { default: usual, maximum = 0 } = SETTINGS.properties.CREDENTIALS_KEPT_DAYS;
  const keptDays = days === '' ? Number(usual) : Number(days);
  const isUrlWrong =
    databaseUrl === '' || settingChecks.DATABASE_URL?.(databaseUrl, {}) !== undefined;
  if (isUrlWrong || !Number.isInteger(keptDays) || keptDays < 0 || keptDays > maximum) {
    say(
      `DATABASE_URL has to be a connection string, and the days (${days || usual}) a number from 0 to ${maximum}.`,
    );
    return 2;
  }
  const database = new Database({ url: databaseUrl });
  try {
    const state = await database.schemaState();
    if (state.kind === 'current') return await tell(database, keptDays);
    say(describeSchemaState(state));
  } catch {
    say('The database became unavailable.');
  } finally {
    await database.close();
  }
  return 1;
}

async function tell(database: Database, keptDays: number): Promise<number> {
  const before = deletionLimit(systemClock.now(), keptDays);
  if (before === undefined) {
    say('Credentials are kept for good (0 days).');
    return 0;
  }
  let count = 0;
  for await (const due of listDue(new PrismaCredentialAgeStore({ database }), before)) {
    const { tenantId, userId, projectId } = due.identity;
    const since = due.disabledAt.toISOString();
    // As JSON: ids may have any characters.
    say(
      JSON.stringify({
        ...{ tenant_id: tenantId, user_id: userId },
        ...(projectId !== undefined && { project_id: projectId }),
        connector_id: due.connectorId,
        ...{ kind: due.kind, disabled_at: since },
      }),
    );
    count += 1;
  }
  say(`${count} credentials of connectors disabled before ${before.toISOString()} would go.`);
  return 0;
}

const { values } = parseArgs({ options: { days: { type: 'string' } } });
// biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
process.exitCode = await main(
  process.env['DATABASE_URL'],
  values.days ?? process.env['CREDENTIALS_KEPT_DAYS'],
);
// biome-ignore-end lint/style/noProcessEnv: as above
