import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalUrl, urlOrigin } from '../../../src/modules/connectors/server-url.ts';

describe('canonicalUrl', () => {
  it.each([
    ['https://mcp.example.com', 'https://mcp.example.com/'],
    ['https://mcp.example.com/', 'https://mcp.example.com/'],
    ['HTTPS://MCP.Example.COM/Path', 'https://mcp.example.com/Path'],
    ['https://mcp.example.com:443/mcp', 'https://mcp.example.com/mcp'],
    ['http://mcp.example.com:80/mcp', 'http://mcp.example.com/mcp'],
    ['http://mcp.example.com:443/mcp', 'http://mcp.example.com:443/mcp'],
    ['https://mcp.example.com:8443/mcp', 'https://mcp.example.com:8443/mcp'],
    ['https://mcp.example.com/mcp?key=secret', 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com/mcp#part', 'https://mcp.example.com/mcp'],
    ['https://user:pass@mcp.example.com/mcp', 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com/a/../b/./c', 'https://mcp.example.com/b/c'],
    ['https://mcp.example.com\\mcp', 'https://mcp.example.com/mcp'],
    ['  https://mcp.example.com/mcp\n', 'https://mcp.example.com/mcp'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['http://[::1]:3000/mcp', 'http://[::1]:3000/mcp'],
    ['http://[0:0:0:0:0:0:0:1]/', 'http://[::1]/'],
  ])('%j is %j', (url, canonical) => {
    expect(canonicalUrl(url)).toBe(canonical);
  });

  it('keeps apart what another server may answer', () => {
    const urls = [
      'https://mcp.example.com/mcp',
      'https://mcp.example.com/mcp/',
      'https://mcp.example.com/MCP',
      'https://mcp.example.com//mcp',
      'https://mcp.example.com/mcp%2F',
      'https://mcp.example.com./mcp',
      'https://mcp.example.com.evil.test/mcp',
      'https://mcp.example.com@evil.test/mcp',
      'https://mcp.example.com:444/mcp',
      'http://mcp.example.com/mcp',
      'https://example.com/mcp',
    ];
    expect(new Set(urls.map(canonicalUrl)).size).toBe(urls.length);
  });

  it('is canonical itself', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const canonical = canonicalUrl(url);
        expect(canonicalUrl(canonical)).toBe(canonical);
        expect(canonical).not.toMatch(/[?#]/);
        expect(new URL(canonical).host).toBe(new URL(url).host);
        expect(new URL(canonical).pathname).toBe(new URL(url).pathname);
      }),
    );
  });

  it.each([
    '',
    'mcp.example.com',
    '//mcp.example.com',
    'https://',
    'http://[::1',
    'http://a:99999/',
  ])('throws for %j', (text) => {
    expect(() => canonicalUrl(text)).toThrow(TypeError);
    expect(() => urlOrigin(text)).toThrow(TypeError);
  });
});

describe('urlOrigin', () => {
  it('shows scheme, host and port, and no secret of path, query, fragment or user', () => {
    expect(urlOrigin('https://user:pass@mcp.example.com/key/mcp?token=t#x')).toBe(
      'https://mcp.example.com',
    );
    expect(urlOrigin('http://127.0.0.1:3001/mcp')).toBe('http://127.0.0.1:3001');
    expect(urlOrigin('https://mcp.example.com:443/')).toBe('https://mcp.example.com');
  });
});
