import { describe, expect, test } from 'vitest';
import { findBrokenText, isTooDeep, MAX_JSON_DEPTH } from '../../../src/http/json-limits.ts';

const nested = (levels: number, inner = '1') =>
  `${'{"a":['.repeat(levels / 2)}${inner}${']}'.repeat(levels / 2)}`;

describe('the depth of a JSON text', () => {
  test.each<[string, string, boolean]>([
    ['at the limit', nested(MAX_JSON_DEPTH), false],
    ['above it', nested(MAX_JSON_DEPTH, '[]'), true],
    ['far above it, and never closed', '['.repeat(1_000_000), true],
    ['in many values side by side', `[${'[],{},'.repeat(1_000)}1]`, false],
    ['in a string', JSON.stringify('['.repeat(100)), false],
    ['in a string with quotes and backslashes', JSON.stringify(`"\\"${'['.repeat(100)}"\\`), false],
    ['behind a string that ends with a backslash', `["\\\\",${'['.repeat(100)}`, true],
    ['in a string that does not end', `"${'['.repeat(100)}`, false],
  ])('%s', (_name, json, expected) => {
    expect(isTooDeep(json)).toBe(expected);
  });
});

describe('half of a surrogate pair', () => {
  test.each<[string, string, string | undefined]>([
    ['alone', '"\\ud83d"', ''],
    ['in the wrong order', '{"a":["x","\\uDE00\\uD83D"]}', '/a/1'],
    ['in a name', '{"a":{"\\ud83d":1}}', '/a'],
    ['below a name with signs', '{"a/b~c":"\\udfff"}', '/a~1b~0c'],
    ['in a pair', '{"a":"\\ud83d\\ude00"}', undefined],
    ['as text', '{"a":"\\\\ud83d"}', undefined],
    ['nowhere', '{"a":"😀 \\u00e9"}', undefined],
  ])('%s', (_name, json, pointer) => {
    expect(findBrokenText(json, JSON.parse(json))).toBe(pointer);
  });

  test('is reported with a short pointer', () => {
    const json = `{"${'😀'.repeat(5_000)}":"\\ud83d"}`;
    const pointer = findBrokenText(json, JSON.parse(json)) ?? '';
    expect(pointer.length).toBeLessThanOrEqual(300);
    expect(pointer.isWellFormed()).toBe(true);
  });
});
