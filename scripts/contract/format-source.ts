import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * Formats TypeScript with the project's formatter, so that a change of the contract reads well in a diff.
 * @throws Error when the text does not parse.
 */
export async function formatSource(source: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const biome = path.join(
    path.dirname(require.resolve('@biomejs/biome/package.json')),
    'bin/biome',
  );
  const child = spawn(process.execPath, [biome, 'format', '--stdin-file-path=contract.ts'], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(source);
  const [formatted, problems, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  if (code !== 0) throw new Error(`the generated source could not be formatted:\n${problems}`);
  return formatted;
}
