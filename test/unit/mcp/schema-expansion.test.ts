import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/mcp/client/mcp-client.ts';
import { expandedSize } from '../../../src/mcp/client/schema-expansion.ts';

const LIMIT = 50_000;
const sizeOf = (schema: JsonObject) => expandedSize(schema, LIMIT);
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });

/** Each level stands for two of the next one. */
function bomb(levels: number): JsonObject {
  const $defs: JsonObject = { [`d${levels}`]: { type: 'string' } };
  for (let level = 0; level < levels; level += 1) {
    $defs[`d${level}`] = { anyOf: [ref(`d${level + 1}`), ref(`d${level + 1}`)] };
  }
  return { type: 'object', properties: { a: ref('d0') }, $defs };
}

/** All definitions refer to all of them. */
function clique(count: number): JsonObject {
  const names = Array.from({ length: count }, (_, n) => `d${n}`);
  const $defs = Object.fromEntries(names.map((name) => [name, { anyOf: names.map(ref) }]));
  return { type: 'object', properties: { a: ref('d0') }, $defs };
}

/** An independent count: replaces the references and counts what is there then. */
function expandAndCount(schema: JsonObject): number {
  const defs = schema['$defs'] as JsonObject;
  const expand = (value: unknown, open: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => expand(item, open));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).filter(([name]) => name !== '$defs');
    const copy = Object.fromEntries(members.map(([name, item]) => [name, expand(item, open)]));
    const name = /^#\/\$defs\/(.*)$/.exec(String(copy['$ref']))?.[1];
    if (name === undefined || open.includes(name) || defs[name] === undefined) return copy;
    return { ...copy, expanded: expand(defs[name], [...open, name]) };
  };
  const count = (value: unknown): number =>
    typeof value !== 'object' || value === null
      ? 1
      : Object.values(value).reduce<number>((sum, item) => sum + count(item), 1);
  return count(expand(schema, []));
}

describe('expandedSize', () => {
  it('counts values', () => {
    expect(sizeOf({})).toBe(1);
    expect(sizeOf({ type: 'object', properties: { a: { enum: ['x', 1] } } })).toBe(7);
  });

  it('counts a definition as often as it is named, and not where it stands', () => {
    const $defs = { d: { type: 'object', properties: {} } };
    expect(sizeOf({ $defs })).toBe(1);
    expect(sizeOf({ a: ref('d'), b: ref('d'), $defs })).toBe(11);
  });

  it('ends where a schema refers to itself', () => {
    expect(sizeOf({ properties: { child: { $ref: '#' } } })).toBeLessThan(20);
    expect(sizeOf({ ...ref('a'), $defs: { a: ref('b'), b: ref('a') } })).toBe(6);
  });

  it('stops at the limit, however far a schema expands', () => {
    expect(sizeOf(bomb(5))).toBeLessThan(500);
    expect(sizeOf(bomb(60))).toBe(LIMIT + 1);
    expect(sizeOf(clique(3))).toBeLessThan(200);
    expect(sizeOf(clique(30))).toBe(LIMIT + 1);
  });

  it('counts what a wide definition holds as often as it is named', () => {
    const leaf = { enum: Array.from({ length: 24_000 }, () => 1) };
    const wide = (count: number) => ({ anyOf: Array.from({ length: count }, () => ref('leaf')) });
    expect(sizeOf({ ...ref('leaf'), $defs: { leaf } })).toBe(24_004);
    expect(sizeOf({ ...wide(40), $defs: { leaf } })).toBe(LIMIT + 1);
  });

  it('goes as deep as references lead', () => {
    const names = Array.from({ length: 4_000 }, (_, n) => n);
    const $defs = Object.fromEntries(names.map((n) => [`d${n}`, { not: ref(`d${n + 1}`) }]));
    expect(sizeOf({ ...ref('d0'), $defs })).toBe(12_002);
  });

  it.each([
    '#/$defs/none',
    '#/$defs/d/x/y',
    '#anchor',
    'https://example.com/schema',
    'other.json#/$defs/d',
    '#/%E0%A4%A',
    '#/__proto__',
    7,
  ])('follows no reference that names nothing here: %s', ($ref) => {
    expect(sizeOf({ a: { $ref }, $defs: { d: { x: 'text' } } })).toBe(3);
  });

  it('reads pointers as RFC 6901 does in a URI', () => {
    const $defs = { 'a/b': { x: {} }, 'm~n': { x: {} }, 'g h': { x: {} } };
    for (const $ref of ['#/$defs/a~1b', '#/$defs/m~0n', '#/$defs/g%20h']) {
      expect(sizeOf({ $ref, $defs }), $ref).toBe(4);
    }
  });

  it('agrees with an expansion that is really made', () => {
    const names = ['a', 'b', 'c'];
    const node = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.constant({ type: 'string' }),
        fc.constantFrom(...names, 'none').map(ref),
        fc.record({ anyOf: fc.array(tie('node'), { maxLength: 2 }) }),
        fc.record({ items: tie('node') }),
      ),
    })).node;
    const schema = fc
      .record({ root: node, a: node, b: node, c: node })
      .map(({ root, ...$defs }) => ({ type: 'object', properties: { root }, $defs }));
    fc.assert(
      fc.property(schema, (generated) => sizeOf(generated) === expandAndCount(generated)),
      { numRuns: 500 },
    );
  });
});
