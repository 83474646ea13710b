import { describe, expect, it } from 'vitest';
import { parseNoProxy } from '../../../src/outbound/no-proxy.ts';

/** Targets as `host` or `host port`; by default 443. */
function includes(list: string, target: string): boolean {
  const [host = '', port = '443'] = target.split(' ');
  return parseNoProxy(list).includes(host, Number(port));
}

describe('NO_PROXY', () => {
  it.each([
    'example.com',
    '.example.com',
    '*.example.com',
    'EXAMPLE.com.',
    ' x.test , example.com',
  ])('takes a name for itself and all below it: %s', (list) => {
    for (const host of ['example.com', 'a.example.com', 'a.b.example.com']) {
      expect(includes(list, host), host).toBe(true);
    }
    for (const host of ['xexample.com', 'example.com.evil.example', 'com', 'example.co']) {
      expect(includes(list, host), host).toBe(false);
    }
  });

  it.each([
    ['10.0.0.0/8', ['10.0.0.1', '10.255.255.255', '::ffff:10.0.0.1'], ['11.0.0.1', '::a00:1']],
    ['10.1.2.3', ['10.1.2.3'], ['10.1.2.4', '3.10.1.2.3.example']],
    ['fd00::/8', ['fd12::1'], ['fc00::1', '10.0.0.1']],
    ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2']],
    ['[::1]', ['::1'], ['::2']],
    ['0.0.0.0/0', ['8.8.8.8'], ['2606:4700::1111', 'example.com']],
    ['münchen.example', ['xn--mnchen-3ya.example'], ['munchen.example']],
    ['*', ['example.com', '8.8.8.8', '::1', 'a'], []],
    ['', [], ['example.com', '8.8.8.8']],
  ])('%s', (list, inside, outside) => {
    for (const host of inside) expect(includes(list, host), host).toBe(true);
    for (const host of outside) expect(includes(list, host), host).toBe(false);
  });

  it.each([
    ['example.com:8443', 'a.example.com 8443', 'a.example.com 443'],
    ['10.0.0.0/8:8443', '10.0.0.1 8443', '10.0.0.1 443'],
    ['[::1]:8443', '::1 8443', '::1 443'],
    ['[fd00::/8]:8443', 'fd12::1 8443', 'fd12::1 443'],
    ['*:8443', 'example.com 8443', 'example.com 443'],
  ])('may be about one port: %s', (list, inside, outside) => {
    expect([includes(list, inside), includes(list, outside)]).toEqual([true, false]);
  });

  it.each([
    'https://example.com',
    'example.com/mcp',
    'example.com:0',
    'example.com:65536',
    'example.com:https',
    'example.com:',
    ':443',
    '.',
    '*.',
    '*example.com',
    'exam*ple.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.',
    '192.168.*',
    '[::1',
    '::1]',
    '[example.com]',
    'fe80::1%eth0',
    'a b',
    'user@example.com',
  ])('refuses %s', (entry) => {
    expect(() => parseNoProxy(`good.example,${entry}`)).toThrow();
  });
});
