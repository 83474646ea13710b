import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAddress } from '../../../src/outbound/address-policy.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';
import { OutboundError } from '../../../src/outbound/outbound-error.ts';
import { UserPolicy } from '../../../src/outbound/outbound-policy.ts';

const policy = new UserPolicy({
  allowedHosts: parseAllowedHosts('mcp.corp.example'),
  allowedAddresses: parseAllowedAddresses('10.0.0.0/8'),
});

/** The address that would be dialled and named in the request, or why not. */
function verdictOf(url: string): string {
  try {
    return policy.checkUrl(url).host;
  } catch (error) {
    if (error instanceof OutboundError) return error.code;
    throw error;
  }
}

const label = 'a'.repeat(60);

describe('ports', () => {
  it.each([0, 1, 7, 22, 23, 25, 53, 110, 143, 389, 465, 587, 993, 2049, 5060, 6000, 6667, 10080])(
    'of other protocols are refused: %i',
    (port) => {
      expect(verdictOf(`https://example.com:${port}/`)).toBe('BLOCKED_URL');
      expect(verdictOf(`http://mcp.corp.example:${port}/`)).toBe('BLOCKED_URL');
      expect(verdictOf(`http://10.0.0.1:0${port}/`)).toBe('BLOCKED_URL');
    },
  );

  it.each([
    ['https://example.com:/', 'example.com'],
    ['https://example.com:443/', 'example.com'],
    ['https://example.com:00443/', 'example.com'],
    ['https://example.com:80/', 'example.com:80'],
    ['https://example.com:65535/', 'example.com:65535'],
  ])('are read as in browsers: %s', (url, host) => {
    expect(verdictOf(url)).toBe(host);
  });

  it.each([
    'https://example.com:65536/',
    'https://example.com:-1/',
    'https://example.com:0x1bb/',
    'https://example.com:4 43/',
    'https://example.com:443:443/',
  ])('that are none make no URL: %s', (url) => {
    expect(verdictOf(url)).toBe('INVALID_URL');
  });

  it('what is no Punycode is refused: by the parser, or, where that lets it through (Node 24), as a name without a domain', () => {
    expect(['INVALID_URL', 'BLOCKED_URL']).toContain(verdictOf('https://xn--a/'));
  });
});

describe('schemes and users', () => {
  it.each([
    'data:text/plain,x',
    'blob:https://example.com/x',
    'about:blank',
    'javascript:alert(1)',
    'file://example.com/etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'ws://example.com/',
    'wss://example.com/',
    'unix:/var/run/docker.sock',
    'view-source:https://example.com/',
    'httpss://example.com/',
    '//example.com/',
    '/mcp',
    'example.com',
    'https://user@example.com/',
    'https://user:password@example.com/',
    'https://:password@example.com/',
    'https://example.com@127.0.0.1/',
    'https://example.com:443@127.0.0.1/',
    'https://%75ser@example.com/',
  ])('make no URL: %s', (url) => {
    expect(verdictOf(url)).toBe('INVALID_URL');
  });
});

describe('the host that is judged is the one that is dialled', () => {
  it.each([
    ['HTTPS://EXAMPLE.COM/', 'example.com'],
    ['https:example.com', 'example.com'],
    ['https:\\\\example.com\\mcp', 'example.com'],
    ['https://example.com\\@127.0.0.1/', 'example.com'],
    ['https://example.com/@127.0.0.1/', 'example.com'],
    ['https://example.com?@127.0.0.1/', 'example.com'],
    ['https://example.com#@127.0.0.1/', 'example.com'],
    ['https://@example.com/', 'example.com'],
    [' \u0000https://exa\tmp\r\nle.com/ ', 'example.com'],
    ['https://ｅｘａｍｐｌｅ。com/', 'example.com'],
    ['https://exam%70le.com/', 'example.com'],
    ['https://exam\u00adple.com/', 'example.com'],
  ])('%j goes to a public host', (url, host) => {
    expect(verdictOf(url)).toBe(host);
  });

  it.each([
    'https://127.0.0.1#@example.com/',
    'https://127.0.0.1\\@example.com/',
    'https://127.0.0.1?.example.com/',
    'https://127.0\t.0.1/',
    'https://127.0.0.1\r\n.example.com/'.replace('.example.com', ''),
    'https:\\\\127.0.0.1/',
    'https:127.0.0.1',
    'https://%31%32%37.0.0.1/',
    'https://127.0.0.1.:8443/',
    'https://loc\nalhost/',
    'https://LOCALHOST./',
    'https://ｌｏｃａｌｈｏｓｔ/',
    'https://metadata.google.internal./',
    'https://METADATA.google.internal/',
    'https://metadata/',
    'https://kubernetes.default.svc/',
    'https://1.0.0.127.in-addr.arpa/',
    'https://printer.private/',
  ])('%j goes to one that is not', (url) => {
    expect(verdictOf(url)).toBe('BLOCKED_URL');
  });

  it.each([
    'https://[fe80::1%25eth0]/',
    'https://[2606:4700::1111%25eth0]/',
    'https://[::1]extra/',
    'https://[127.0.0.1]/',
    'https://1.2.3.4.5/',
    'https://256.0.0.1/',
    'https://0x100000000/',
    'https://example.0x7f/',
    'https://example.com%00.example/',
    'https://example.com%2f.example/',
    'https://example.com%40127.0.0.1/',
    'https://exa mple.com/',
    'https://exa<mple.com/',
    'https://localhost../',
    'https://example..com/',
    'https://.example.com/',
    'https://example.com../',
    "https://a'b.example.com/",
    'https://a;b.example.com/',
    'https://-a.example.com/',
    `https://${'a'.repeat(64)}.example.com/`,
    `https://${Array(5).fill(label).join('.')}.example.com/`,
    `https://${'a.'.repeat(500_000)}com/`,
  ])('%.60s is no host', (url) => {
    expect(verdictOf(url)).toBe('INVALID_URL');
  });
});

describe('a listed name', () => {
  it.each([
    'http://mcp.corp.example/',
    'http://MCP.Corp.Example.:8080/',
    'http://%6dcp.corp.example/',
    'http://ｍcp.corp.example/',
    'http://mcp。corp。example/',
  ])('is known in every spelling: %s', (url) => {
    expect(verdictOf(url)).toMatch(/^mcp\.corp\.example/);
  });

  it.each([
    // Cyrillic er, Greek rho, dotless i, a combining dot, and what is only beside it.
    'http://mc\u0440.corp.example/',
    'http://mc\u03c1.corp.example/',
    'http://mcp.corp.ex\u0430mple/',
    'http://mcp\u0323.corp.example/',
    'http://xmcp.corp.example/',
    'http://x.mcp.corp.example/',
    'http://corp.example/',
    'http://mcp.corp.example.evil.example/',
    'http://mcp-corp.example/',
    'http://evil.example/mcp.corp.example/',
    'http://evil.example?http://mcp.corp.example/',
  ])('is not any other: %s', (url) => {
    expect(verdictOf(url)).toBe('BLOCKED_URL');
  });
});

it('whatever is typed ends as an error of ours, or as a URL that keeps the rules', () => {
  const piece = fc.oneof(
    fc.constantFrom('https://', 'http://', '@', ':', '/', '\\', '#', '?', '.', '%', '[', ']', '::'),
    fc.constantFrom(
      'localhost',
      '127.0.0.1',
      '10.0.0.1',
      'example.com',
      'mcp.corp.example',
      'xn--',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.integer({ min: 0, max: 70_000 }).map(String),
  );
  const typed = fc
    .tuple(fc.constantFrom('https://', 'http://', ''), fc.array(piece, { maxLength: 8 }))
    .map(([scheme, pieces]) => scheme + pieces.join(''));
  fc.assert(
    fc.property(typed, (text) => {
      let url: URL;
      try {
        url = policy.checkUrl(text);
      } catch (error) {
        expect(error).toBeInstanceOf(OutboundError);
        return;
      }
      expect([url.username, url.password, url.port === '0']).toEqual(['', '', false]);
      const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
      const isListed = host.startsWith('10.') || host === 'mcp.corp.example';
      if (url.protocol !== 'https:') expect([url.protocol, isListed]).toEqual(['http:', true]);
      if (isIP(host) !== 0 && !isListed) expect(classifyAddress(host)).toBe('public');
    }),
    { numRuns: 20_000 },
  );
});
