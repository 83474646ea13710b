import { expect, it } from 'vitest';
import { canParseUrl } from '../../../src/lib/can-parse-url.ts';

it('says the same of a URL however often it is asked', () => {
  const answers = new Set<boolean>();
  // More often than the engine interprets it.
  for (let n = 0; n < 20_000; n += 1) {
    answers.add(canParseUrl('https://b\u00fccher.example/'));
    answers.add(canParseUrl('https://exam\u00adple.com/'));
  }
  expect([...answers]).toEqual([true]);
  expect(canParseUrl('b\u00fccher')).toBe(false);
});
