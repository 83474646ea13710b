// `npm run db:check`: the committed typed client is the one that prisma/schema.prisma gives.
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'src/database/prisma');

async function contents(): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(async (file): Promise<[string, string]> => {
    const name = path.join(file.parentPath, file.name);
    return [path.relative(folder, name), await readFile(name, 'utf8')];
  });
  return new Map(await Promise.all(read));
}

const before = await contents();
execFileSync('npx', ['--no-install', 'prisma', 'generate'], {
  cwd: root,
  // Generating needs no schema engine, but looks for one, and would download it.
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const after = await contents();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (name) => before.get(name) !== after.get(name),
);
if (stale.length > 0) {
  console.error(
    `src/database/prisma was not up to date; it is now. Commit it:\n${stale.join('\n')}`,
  );
  process.exitCode = 1;
}
