import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * The file of the latest release in a folder of `<version>.json`, by version number; undefined before the first one.
 */
export async function findLastRelease(folder: string): Promise<string | undefined> {
  const files = await readdir(folder).catch(() => []);
  const last = files
    .filter((file) => /^\d+\.\d+\.\d+\.json$/.test(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  return last === undefined ? undefined : path.join(folder, last);
}

/** How a contract differs from an earlier one. */
export interface ContractDifference {
  /** Whether something changed that a client of the earlier one may rely on. */
  breaking: boolean;
  /** For people. */
  report: string;
}

const CONFIG = path.resolve(import.meta.dirname, '../../redocly.yaml');

/**
 * Compares two contracts with `redocly diff`.
 * @throws Error when it cannot be run, or cannot read one of the files.
 */
export async function compareContracts(
  base: string,
  revision: string,
): Promise<ContractDifference> {
  const require = createRequire(import.meta.url);
  const cli = path.join(path.dirname(require.resolve('@redocly/cli/package.json')), 'bin/cli.js');
  const child = spawn(
    process.execPath,
    [cli, 'diff', base, revision, '--fail-on=major', `--config=${CONFIG}`],
    {
      // The command must not report home, or ask the registry for a newer version of itself.
      env: {
        ...process.env,
        NO_COLOR: '1',
        REDOCLY_TELEMETRY: 'off',
        REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [report, problems, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  // It ends with 1 both for a breaking change and for a file it cannot read; only the former has a summary.
  const summary = /^(\d+) major, \d+ minor, \d+ patch\.$/m.exec(report);
  if (summary === null) throw new Error(`the contracts could not be compared:\n${problems}`);
  return { breaking: code !== 0 || summary[1] !== '0', report };
}
