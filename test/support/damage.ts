import fc from 'fast-check';

/** Values that break programs which do not expect them. */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1.5,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  true,
  '\u0000',
  '\ud800',
  '💥'.repeat(50),
  'x'.repeat(5000),
  "' OR 1=1--",
  '{{7*7}}',
  '../../etc/passwd',
  { $gt: '' },
  { 'half a pair \ud83d': '' },
  nested(100),
  nested(20),
];

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { inner: [nested(levels - 1)] };
}

/** Texts for places that only hold text. */
export const damagedText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '-1',
    '0',
    '1.5',
    '1e9',
    'null',
    'true',
    '[]',
    "' OR 1=1--",
    '💥',
    '\u0000',
    'x'.repeat(200),
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

/** A JSON value with one member replaced, removed or added. */
export function damagedValue(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .record({
      at: fc.constantFrom(...placesIn(value)),
      change: fc.constantFrom('replace', 'remove', 'add'),
      by: fc.constantFrom(...HOSTILE_VALUES),
    })
    .map(({ at, change, by }) => {
      // A copy for each change: fast-check keeps the original to shrink it.
      const copy: { root: unknown } = { root: structuredClone(value) };
      apply(copy, ['root', ...at], change, by);
      return copy.root ?? null;
    });
}

/** JSON text that is cut off, is nested too deep, or carries a key that reaches for a prototype. */
export function damagedJson(text: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc.nat({ max: Math.max(0, text.length - 2) }).map((length) => text.slice(0, length + 1)),
    fc.constantFrom(
      `{"__proto__":${text}}`,
      `{"constructor":{"prototype":${text}}}`,
      `${text},`,
      `\ufeff${text}`,
      `[${text}`,
      `${'['.repeat(120_000)}${']'.repeat(120_000)}`,
      `${'{"a":'.repeat(65)}${text}${'}'.repeat(65)}`,
    ),
  );
}

/**
 * Reads a body as the service does: a byte order mark before it is allowed.
 * @throws SyntaxError
 */
export function parseBody(text: string): unknown {
  return JSON.parse(text.replace(/^\ufeff/, ''));
}

/** Levels of objects and lists that the service takes. */
const MAX_DEPTH = 64;

/**
 * Whether a body is refused before it is looked at: no JSON, nested too deep, with a key that reaches for a prototype,
 * or with text that is not Unicode.
 */
export function isMalformed(text: string): boolean {
  try {
    return isUnsafe(parseBody(text), MAX_DEPTH);
  } catch {
    return true;
  }
}

function isUnsafe(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0 || Object.hasOwn(value, '__proto__')) return true;
  const inner = Object.entries(value).find(([name]) => name === 'constructor')?.[1] as unknown;
  if (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')) return true;
  return Object.entries(value).some(
    ([name, item]) => !name.isWellFormed() || isUnsafe(item, depth - 1),
  );
}

function placesIn(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, item]) => placesIn(item, [...at, name]))];
}

function apply(root: object, at: readonly string[], change: string, by: unknown): void {
  const name = at.at(-1) ?? '';
  const parent = at.slice(0, -1).reduce<unknown>((node, step) => read(node, step), root);
  if (typeof parent !== 'object' || parent === null) return;
  const target = read(parent, name);
  if (change === 'remove') Reflect.deleteProperty(parent, name);
  else if (change === 'add' && typeof target === 'object' && target !== null) {
    Reflect.set(target, 'unknown', by);
  } else Reflect.set(parent, name, by);
}

function read(node: unknown, name: string): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined;
}
