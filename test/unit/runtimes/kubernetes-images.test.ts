import { describe, expect, it } from 'vitest';
import { FrontPolicy } from '../../../src/runtimes/kubernetes-fronts.ts';
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

describe('the way to the fronts of servers', () => {
  const policy = new FrontPolicy('servers');
  const host = (name: string) => `http://${name}.svc.cluster.local:8000/healthz`;
  const name = 'mcp-00000000-0000-4000-8000-000000000000';

  it('leads to them, and nowhere else', () => {
    expect(policy.checkUrl(host(`${name}.servers`)).hostname).toContain(name);
    for (const url of [
      host(`${name}.other`),
      host('mcp-connectors.servers'),
      host(`${name}.servers`).replace('.local', '.local.example.com'),
      host(`${name}.servers`).replace('http:', 'https:'),
      'http://169.254.169.254/',
    ]) {
      expect(() => policy.checkUrl(url), url).toThrow();
    }
  });
});
