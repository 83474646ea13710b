import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const EXAMPLES = new URL('../../examples/', import.meta.url);

/** Without what a formatter decides. */
const plain = (text: string) => text.replaceAll(/\s+/g, '');

const examples = readdirSync(EXAMPLES).map((name) =>
  plain(readFileSync(new URL(name, EXAMPLES), 'utf8')),
);
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

it('the README has one for each provider, for the menu, for events and for MCP', () => {
  expect(blocks).toHaveLength(6);
});

it.each(blocks)('an example of the README is a part of what is compiled and run: %s', (block) => {
  for (const part of block.split(/^\/\/ …$/m)) {
    for (const statement of part.split(/\n(?=\S)/)) {
      expect(examples.some((example) => example.includes(plain(statement)))).toBe(true);
    }
  }
});
