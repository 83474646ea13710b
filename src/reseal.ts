// Entry: seals every stored secret with the first key of ENCRYPTION_KEYS. `npm run credentials:reseal`, or
// `node dist/reseal.js` where only the production dependencies are installed. May be stopped and run again.
import { Database, DatabaseUnavailable, describeSchemaState } from './database/index.ts';
import { systemClock } from './lib/clock.ts';
import { PrismaResealStore, ResealService } from './modules/connectors/index.ts';
import { CredentialVault, parseKeyring, SealedBox } from './modules/credentials/index.ts';
import { settingChecks } from './service.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** @returns the exit code: 0 when everything is sealed with the first key, 1 when not, 2 when a setting is missing. */
async function main(databaseUrl: string | undefined, keys: string | undefined): Promise<number> {
  const settings = { DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: keys };
  for (const name of ['DATABASE_URL', 'ENCRYPTION_KEYS'] as const) {
    const text = settings[name];
    const problem = text ? settingChecks[name]?.(text) : 'is not set';
    if (problem !== undefined) {
      say(`${name} ${problem}.`);
      return 2;
    }
  }
  const database = new Database({ url: databaseUrl ?? '' });
  try {
    const state = await database.schemaState();
    if (state.kind === 'current') return await reseal(database, keys ?? '');
    say(describeSchemaState(state));
    return 1;
  } catch (error) {
    say(
      error instanceof DatabaseUnavailable
        ? 'The database became unavailable. What is done is kept: run this again.'
        : `Not all secrets could be sealed: ${error instanceof Error ? error.message : 'unknown'}`,
    );
    return 1;
  } finally {
    await database.close();
  }
}

async function reseal(database: Database, keys: string): Promise<number> {
  const box = new SealedBox(parseKeyring(keys));
  const vault = new CredentialVault({ box });
  const store = new PrismaResealStore({ database });
  const service = new ResealService({ store, vault, box, clock: systemClock });
  const { resealed, skipped, failed } = await service.reseal((progress) =>
    say(`${progress.resealed} connectors sealed with ${box.activeKeyId} so far`),
  );
  say(`Sealed ${resealed} connectors with ${box.activeKeyId}; ${skipped} changed meanwhile.`);
  if (failed.length === 0) return 0;
  say(`Not opened, and left as they are: ${failed.join(', ')}. Is a key missing?`);
  return 1;
}

// biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
process.exitCode = await main(process.env['DATABASE_URL'], process.env['ENCRYPTION_KEYS']);
// biome-ignore-end lint/style/noProcessEnv: as above
