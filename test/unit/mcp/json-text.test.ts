import { describe, expect, it } from 'vitest';
import {
  MAX_CONTAINERS,
  MAX_COST,
  NAME_COST,
  parseJson,
} from '../../../src/mcp/client/json-text.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';

function codeOf(text: string): string | undefined {
  try {
    parseJson(text);
    return undefined;
  } catch (error) {
    if (error instanceof McpFailure) return error.code;
    throw error;
  }
}

/** An array with this many others in it. */
const arrays = (count: number, filler = '') => `[${'[],'.repeat(count - 1)}[]${filler}]`;
const objects = (count: number) => `{"a":[${'{},'.repeat(count - 1)}{}]}`;

describe('parseJson', () => {
  it('reads JSON, with a byte order mark too', () => {
    expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
    expect(parseJson('\ufeff{"a":[1]}')).toEqual({ a: [1] });
  });

  it.each(['', '{', 'hello', '\ufeff', '\ufeff\ufeff{}'])('refuses %j', (text) => {
    expect(codeOf(text)).toBe('INVALID_MCP_SERVER');
  });

  it('refuses more objects and arrays than are worth their parsing', () => {
    expect(codeOf(arrays(MAX_CONTAINERS - 1))).toBeUndefined();
    expect(codeOf(arrays(MAX_CONTAINERS))).toBe('RESPONSE_TOO_LARGE');
    expect(codeOf(objects(MAX_CONTAINERS - 2))).toBeUndefined();
    expect(codeOf(objects(MAX_CONTAINERS - 1))).toBe('RESPONSE_TOO_LARGE');
    expect(codeOf(`${'['.repeat(MAX_CONTAINERS + 1)}${']'.repeat(MAX_CONTAINERS + 1)}`)).toBe(
      'RESPONSE_TOO_LARGE',
    );
  });

  it('refuses more values and names than are worth their parsing', () => {
    const values = (count: number) => `[${'1,'.repeat(count - 1)}1]`;
    expect(codeOf(values(MAX_COST))).toBeUndefined();
    expect(codeOf(values(MAX_COST + 1))).toBe('RESPONSE_TOO_LARGE');
    const members = (count: number) =>
      `{${Array.from({ length: count }, (_, n) => `"k${n}":${n}`).join()}}`;
    const most = MAX_COST / (1 + NAME_COST);
    expect(codeOf(members(most))).toBeUndefined();
    expect(codeOf(members(most + 1))).toBe('RESPONSE_TOO_LARGE');
    expect(codeOf(members(900_000))).toBe('RESPONSE_TOO_LARGE');
  });

  it('reads tables and vectors of a usual size', () => {
    const row = JSON.stringify(
      Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`c${n}`, n])),
    );
    expect(codeOf(`[${`${row},`.repeat(5_999)}${row}]`)).toBeUndefined();
    expect(codeOf(`[${'0.123456789,'.repeat(499_999)}1]`)).toBeUndefined();
  });

  it('does not take commas and colons in texts for values', () => {
    expect(codeOf(`["${'a:1,'.repeat(MAX_COST)}"]`)).toBeUndefined();
  });

  it('does not take brackets in texts for arrays', () => {
    const inText = '[{'.repeat(MAX_CONTAINERS);
    for (const text of [inText, `\\"${inText}`, `\\\\\\"${inText}\\\\`]) {
      expect(codeOf(`["${text}"]`)).toBeUndefined();
    }
    // The text ends before them.
    expect(codeOf(`["\\\\",${arrays(MAX_CONTAINERS)}]`)).toBe('RESPONSE_TOO_LARGE');
  });

  it('ends with a text that does not', () => {
    expect(codeOf(`["${'x'.repeat(3 * MAX_CONTAINERS)}`)).toBe('INVALID_MCP_SERVER');
    expect(codeOf(`["${'\\'.repeat(3 * MAX_CONTAINERS)}"`)).toBe('INVALID_MCP_SERVER');
  });
});
