import { describe, expect, it } from 'vitest';
import { ImageList, isImagePattern } from '../../../src/runtimes/kubernetes-images.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('the list of images', () => {
  const list = new ImageList([
    'mcp/github:latest',
    `mcp/pinned@${DIGEST}`,
    'registry.example.com:5000/mcp/*',
  ]);

  it.each(['mcp/github:latest', `mcp/pinned@${DIGEST}`, 'registry.example.com:5000/mcp/a/b:1'])(
    'allows %s',
    (image) => expect(list.allows(image)).toBe(true),
  );

  it.each([
    'mcp/github',
    'mcp/github:latest2',
    'mcp/pinned',
    'registry.example.com:5000/other/a:1',
    'registry.example.com:5000/mcp/../other/a:1',
    'registry.example.com:5000/mcp//a',
    'registry.example.com:5000/mcp/a b',
    'registry.example.com:5000/mcp/a\n',
    '-rm',
    '',
  ])('does not allow %j', (image) => expect(list.allows(image)).toBe(false));

  it('allows nothing where it is empty', () => {
    expect(new ImageList([]).allows('mcp/github:latest')).toBe(false);
  });

  it('has patterns that say where images come from', () => {
    for (const pattern of ['mcp/*', 'mcp/github:latest', 'registry.example.com/mcp-*', 'mcp/a:*']) {
      expect(isImagePattern(pattern), pattern).toBe(true);
    }
    for (const pattern of ['*', '', 'mcp*', 'a b', '*/mcp', 'mcp/*/x', '-x/*']) {
      expect(isImagePattern(pattern), pattern).toBe(false);
    }
  });
});
