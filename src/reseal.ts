// Entry: seals every stored secret with the first key of ENCRYPTION_KEYS. `npm run credentials:reseal`, or
// `node dist/reseal.js` where only the production dependencies are installed. May be stopped and run again.
import { Database } from './database/index.ts';
import { systemClock } from './lib/clock.ts';
import { PrismaResealStore, ResealService } from './modules/connectors/index.ts';
import { CredentialVault, parseKeyring, SealedBox } from './modules/credentials/index.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function reseal(databaseUrl: string, keys: string | undefined): Promise<number> {
  const box = new SealedBox(parseKeyring(keys));
  const database = new Database({ url: databaseUrl });
  try {
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
  } finally {
    await database.close();
  }
}

// biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
const { DATABASE_URL, ENCRYPTION_KEYS } = process.env;
// biome-ignore-end lint/style/noProcessEnv: as above
if (!DATABASE_URL) {
  say('DATABASE_URL is not set.');
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await reseal(DATABASE_URL, ENCRYPTION_KEYS);
  } catch (error) {
    say(`The secrets could not be sealed: ${error instanceof Error ? error.message : 'unknown'}`);
    process.exitCode = 1;
  }
}
