import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonWeightOf, weightOf } from '../../../src/http/accept.ts';

test.each<[accept: string | undefined, html: number, json: number]>([
  [undefined, 1, 1],
  ['', 1, 1],
  ['*/*', 1, 1],
  ['application/json', 0, 1],
  ['text/html', 1, 0],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 1, 0.8],
  ['application/json, text/plain, */*', 1, 1],
  ['application/json;q=0.9, text/html;q=0.1', 0.1, 0.9],
  ['APPLICATION/JSON ; Q=0.5', 0, 0.5],
  ['application/json; charset=utf-8; q=0.3', 0, 0.3],
  // The most specific range decides, not the first or the best one.
  ['*/*;q=1, text/*;q=0.2, text/html;q=0', 0, 1],
  ['text/html;q=0, text/*;q=0.2, */*;q=1', 0, 1],
  ['application/*;q=0.4', 0, 0.4],
  ['application/problem+json', 0, 0],
  // What cannot be read counts as not wanted.
  ['application/json;q=2', 0, 0],
  ['application/json;q=x', 0, 0],
  ['application/json;q=-1', 0, 0],
  [';;,,,', 0, 0],
])('%s', (accept, html, json) => {
  expect([weightOf(accept, 'text/html'), weightOf(accept, 'application/json')]).toEqual([
    html,
    json,
  ]);
});

test.each<[accept: string | undefined, weight: number]>([
  [undefined, 1],
  ['', 1],
  ['application/problem+json', 1],
  ['Application/Problem+JSON; q=0.4', 0.4],
  ['application/*+json', 1],
  ['application/*+json;q=0.2, application/json;q=0.3', 0.3],
  ['application/json;q=0.2, application/vnd.example.v2+json;q=0.3', 0.3],
  ['text/html, */*;q=0.8', 0.8],
  // Neither is JSON.
  ['application/json-seq', 0],
  ['text/x+json, application/+json, application/a/b+json, application/xml', 0],
  ['application/problem+json;q=x', 0],
])('%s, for JSON of whatever type', (accept, weight) => {
  expect(jsonWeightOf(accept)).toBe(weight);
});

test('whatever a client sends has a weight', () => {
  const part = fc.constantFrom('text/html', '*/*', ';', ',', 'q=', '0.5', ' ', 'é', '=', '1e9');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (accept) => {
        const weight = weightOf(accept, 'text/html');
        expect(weight).toBeGreaterThanOrEqual(0);
        expect(weight).toBeLessThanOrEqual(1);
        expect(jsonWeightOf(accept)).toBeGreaterThanOrEqual(0);
        expect(jsonWeightOf(accept)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
