import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** The text of the service's own source files, without those that are generated and those that `skip` names. */
export async function readSource(skip: RegExp): Promise<string> {
  const names = await readdir(SRC, { recursive: true });
  const own = names.filter(
    (name) => name.endsWith('.ts') && !name.startsWith('database/prisma/') && !skip.test(name),
  );
  const texts = await Promise.all(own.map((name) => readFile(path.join(SRC, name), 'utf8')));
  return texts.join('\n');
}

/**
 * The value of a constant that its file does not export: of `NAME = 10 * 1024`, `name: 5_000` or `name ?? 2_500`.
 * @throws Error where there is none, or where several have different values.
 */
export function constantIn(source: string, name: string): number {
  const found = source.matchAll(
    new RegExp(`\\b${name}(?: =|:| \\?\\?) ([\\d_]+(?: \\* [\\d_]+)*)[;,\\s]`, 'g'),
  );
  const values = new Set(
    [...found].map(([, product = '']) =>
      product
        .replaceAll('_', '')
        .split(' * ')
        .reduce((value, factor) => value * Number(factor), 1),
    ),
  );
  const [value] = values;
  if (value === undefined || values.size > 1) {
    throw new Error(`${name} has ${values.size} values in the source: ${[...values].join(', ')}`);
  }
  return value;
}
