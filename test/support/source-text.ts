import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** The text of the service's own source files, without those that are generated and those that `skip` names. */
export async function readSource(skip: RegExp): Promise<string> {
  return [...(await readSourceFiles(skip)).values()].join('\n');
}

/** As {@link readSource}, by the path of the file below `src`. */
export async function readSourceFiles(skip: RegExp): Promise<Map<string, string>> {
  const names = await readdir(SRC, { recursive: true });
  const own = names.filter(
    (name) => name.endsWith('.ts') && !name.startsWith('database/prisma/') && !skip.test(name),
  );
  const read = async (name: string): Promise<[string, string]> => [
    name,
    await readFile(path.join(SRC, name), 'utf8'),
  ];
  return new Map(await Promise.all(own.map(read)));
}

const NUMBER = String.raw`\d[\d_]*(?: \* \d[\d_]*)*`;

/**
 * All numbers, written in decimal, that the constants of a file are: of `NAME = 10 * 1024` and, as `NAME.part` or `NAME.part.part`, of the members of
 * `NAME = { part: 5_000, … }`.
 */
export function numbersIn(source: string): Map<string, number> {
  const found = new Map<string, number>();
  const constants = source.matchAll(
    new RegExp(
      String.raw`^(?:export )?const (\w+)(?:: \w+)? = (?:(${NUMBER});|(\{(?:.*\}|[\s\S]*?^\}))(?: as const)?;)`,
      'gm',
    ),
  );
  for (const [, name = '', number, members = ''] of constants) {
    if (number !== undefined) found.set(name, product(number));
    for (const [part, value] of membersIn(members)) found.set(`${name}.${part}`, value);
  }
  return found;
}

function* membersIn(literal: string): Generator<[name: string, value: number]> {
  const nested = /(\w+): (\{[^{}]*\})/g;
  for (const [, outer, inner = ''] of literal.slice(1).matchAll(nested)) {
    for (const [name, value] of membersIn(inner)) yield [`${outer}.${name}`, value];
  }
  const own = `{${literal.slice(1).replaceAll(nested, '')}`;
  for (const [, name = '', value = ''] of own.matchAll(
    new RegExp(String.raw`\b(\w+): (${NUMBER})(?=[,\s}])`, 'g'),
  )) {
    yield [name, product(value)];
  }
}

/** The value of `10 * 1_024`. */
function product(text: string): number {
  return text
    .replaceAll('_', '')
    .split(' * ')
    .reduce((value, factor) => value * Number(factor), 1);
}

/**
 * The value of a constant that its file does not export: of `NAME = 10 * 1024`, `name: 5_000` or `name ?? 2_500`.
 * @throws Error where there is none, or where several have different values.
 */
export function constantIn(source: string, name: string): number {
  const found = source.matchAll(
    new RegExp(`\\b${name}(?: =|:| \\?\\?) ([\\d_]+(?: \\* [\\d_]+)*)[;,\\s]`, 'g'),
  );
  const values = new Set([...found].map(([, value = '']) => product(value)));
  const [value] = values;
  if (value === undefined || values.size > 1) {
    throw new Error(`${name} has ${values.size} values in the source: ${[...values].join(', ')}`);
  }
  return value;
}
