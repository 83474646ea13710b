// npm run db:new -- <name> [--empty]
// Writes a migration that takes the tables from where the existing migrations leave them to prisma/schema.prisma,
// tries it on a scratch database, and generates the client again. `--empty` writes an empty one for SQL of your own.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { applyMigrations, MIGRATIONS_FOLDER, MigrationFailed } from '../src/database/migrations.ts';
import { draftMigration } from './db-draft.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { empty: { type: 'boolean', default: false } },
  });
  const name = positionals[0] ?? '';
  if (positionals.length !== 1 || !/^[a-z0-9_]{1,60}$/.test(name)) {
    console.error('Usage: npm run db:new -- <name> [--empty]   (name: a-z, 0-9 and _)');
    return 2;
  }
  const schema = readFileSync(path.join(root, 'prisma/schema.prisma'), 'utf8');
  return withScratchDatabase(async (url) => {
    await applyMigrations({ url });
    const sql = values.empty ? '-- Write your SQL here.\n' : await draftMigration(url, schema);
    if (sql === '') {
      console.log('The migrations and prisma/schema.prisma agree: nothing to do.');
      return 0;
    }
    const file = write(name, sql);
    console.log(`Wrote ${path.relative(process.cwd(), file)}`);
    generateClient();
    return tryOut(url);
  });
}

function write(name: string, sql: string): string {
  const folder = path.join(MIGRATIONS_FOLDER, `${nextTimestamp()}_${name}`);
  mkdirSync(folder);
  const file = path.join(folder, 'migration.sql');
  writeFileSync(file, sql);
  return file;
}

/** The time, or one more than the last migration has: names decide the order, and clocks differ. */
function nextTimestamp(): string {
  const now = Number(new Date().toISOString().replace(/\D/g, '').slice(0, 14));
  const used = readdirSync(MIGRATIONS_FOLDER).map((entry) => Number.parseInt(entry, 10) || 0);
  return String(Math.max(now, ...used.map((timestamp) => timestamp + 1)));
}

async function tryOut(url: string): Promise<number> {
  try {
    await applyMigrations({ url });
    console.log('It works on an empty database. Read it, then apply it with: npm run db:migrate');
    return 0;
  } catch (error) {
    if (!(error instanceof MigrationFailed)) throw error;
    console.error(`It needs your hand: ${error.message}`);
    return 1;
  }
}

function generateClient(): void {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  execFileSync(process.execPath, [cli, 'generate'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    // Generating needs no engine, but looks for one and would download it.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  });
  console.log('Generated the client in src/database/prisma');
}

async function withScratchDatabase(work: (url: string) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mcp-new-migration-'));
  chmodSync(folder, 0o711); // under root the server runs as another account
  const postgres = await startEmbeddedPostgres({ dataDir: folder, fsync: false });
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop();
    rmSync(postgres.dataDir, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
