import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the compiled programs, as `npm run build` makes them. */
    build: string;
  }
}

/**
 * Compiles the source once for all tests that start programs: a compiled program starts in less than half the time, and is what
 * operators run. Types are not checked, that is another check's work.
 */
export function setup(project: TestProject): () => void {
  const root = path.resolve(import.meta.dirname, '../..');
  // Beside dist/, so that what the programs find by their own place is there; of its own for each run.
  const build = mkdtempSync(path.join(root, 'dist-test-'));
  const remove = () => rmSync(build, { recursive: true, force: true });
  try {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const args = ['-p', 'tsconfig.json', '--noCheck', '--outDir', build];
    execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' });
    const entries = 'modules/catalog/entries';
    cpSync(path.join(root, 'src', entries), path.join(build, entries), { recursive: true });
  } catch (error) {
    remove();
    throw error;
  }
  project.provide('build', build);
  return remove;
}
