// Entry: seals every stored secret with the first key of ENCRYPTION_KEYS. `npm run credentials:reseal`, or
// `node dist/reseal.js` where only the production dependencies are installed. May be stopped and run again.

import { withoutSlash } from './config-rules.ts';
import { SETTINGS } from './config-settings.ts';
import { describeKeyFailure, unlockKeyring } from './container-keys.ts';
import { Database, DatabaseUnavailable, describeSchemaState } from './database/index.ts';
import { canParseUrl } from './lib/can-parse-url.ts';
import { systemClock } from './lib/clock.ts';
import { PrismaResealStore, ResealService } from './modules/connectors/index.ts';
import {
  CredentialVault,
  type Keyring,
  KeyringError,
  KeyServiceError,
  parseKeyring,
  SealedBox,
} from './modules/credentials/index.ts';
import { settingChecks } from './setting-checks.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** @returns the exit code: 0 when everything is sealed with the first key, 1 when not, 2 when a setting is wrong. */
async function main(env: NodeJS.ProcessEnv): Promise<number> {
  const { DATABASE_URL: databaseUrl = '', ENCRYPTION_KEYS: keys = '' } = env;
  const problem = problemOf('DATABASE_URL', databaseUrl) ?? problemOf('ENCRYPTION_KEYS', keys);
  if (problem !== undefined) {
    say(problem);
    return 2;
  }
  const database = new Database({ url: databaseUrl });
  try {
    const state = await database.schemaState();
    if (state.kind === 'current') return await reseal(database, await keyringOf(keys, env));
    say(describeSchemaState(state));
  } catch (error) {
    say(failure(error));
  } finally {
    await database.close();
  }
  return 1;
}

function problemOf(name: 'DATABASE_URL' | 'ENCRYPTION_KEYS', text: string): string | undefined {
  const problem = text === '' ? 'is not set' : settingChecks[name]?.(text, {});
  return problem === undefined ? undefined : `${name} ${problem}.`;
}

function failure(error: unknown): string {
  if (error instanceof DatabaseUnavailable) {
    return 'The database became unavailable. What is done is kept: run this again.';
  }
  if (error instanceof KeyServiceError || error instanceof KeyringError) {
    return describeKeyFailure(error);
  }
  return `Not all secrets could be sealed: ${error instanceof Error ? error.message : 'unknown'}`;
}

/** The keys, unwrapped. The same settings count as for the service. @throws KeyServiceError, KeyringError */
async function keyringOf(keys: string, env: NodeJS.ProcessEnv): Promise<Keyring> {
  const keyring = parseKeyring(keys);
  if (keyring.wrapped.size === 0) return keyring;
  const { KEY_SERVICE_URL: url = '', KEY_SERVICE_TOKEN: token = '' } = env;
  const key = env['KEY_SERVICE_KEY'] || String(SETTINGS.properties.KEY_SERVICE_KEY.default);
  if (!/^https?:/.test(url) || !canParseUrl(url) || token === '')
    throw new KeyServiceError('REFUSED');
  const settings = { url: withoutSlash(url), key, token };
  const caFile = env['OUTBOUND_CA_FILE'] || undefined;
  await unlockKeyring(keyring, { settings, caFile, clock: systemClock });
  return keyring;
}

async function reseal(database: Database, keyring: Keyring): Promise<number> {
  const box = new SealedBox(keyring);
  const vault = new CredentialVault({ box });
  const store = new PrismaResealStore({ database });
  const service = new ResealService({ store, vault, box, clock: systemClock });
  const { resealed, skipped, failed, deployments, registrations } = await service.reseal(
    (progress) =>
      say(
        `${progress.resealed} of ${progress.total} connectors sealed with ${box.activeKeyId} so far`,
      ),
  );
  say(`Sealed ${resealed} connectors with ${box.activeKeyId}; ${skipped} changed meanwhile.`);
  say(`Sealed ${deployments} deployments.`);
  say(`Deleted ${registrations} registrations with authorization servers, to be made anew.`);
  if (failed.length === 0) return 0;
  say(`Not opened, and left as they are: ${failed.join(', ')}. Is a key missing?`);
  return 1;
}

// biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
process.exitCode = await main(process.env);
// biome-ignore-end lint/style/noProcessEnv: as above
