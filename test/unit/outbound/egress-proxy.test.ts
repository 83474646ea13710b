import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EgressProxy } from '../../../src/outbound/egress-proxy.ts';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const https = (hostname: string) => ({ protocol: 'https:' as const, hostname });

describe('EgressProxy', () => {
  it.each([
    ['http://proxy.internal:3128', 'http:', 'proxy.internal', 3128],
    ['http://proxy.internal', 'http:', 'proxy.internal', 80],
    ['https://proxy.internal/', 'https:', 'proxy.internal', 443],
    ['http://[fd12::1]:8080', 'http:', 'fd12::1', 8080],
    ['http://10.0.0.1:80/', 'http:', '10.0.0.1', 80],
  ])('%s', (url, protocol, hostname, port) => {
    const proxy = new EgressProxy({ url });
    expect(proxy).toMatchObject({ protocol, hostname, port, connectBy: 'address' });
    expect(proxy.connectHeaders('example.com:443')).toEqual({ host: 'example.com:443' });
  });

  it.each([
    ['http://user:password@proxy:3128', 'user:password'],
    ['http://user@proxy:3128', 'user:'],
    ['http://:token@proxy:3128', ':token'],
    ['http://us%40er:p%3Aw%2F%25%C3%B6@proxy:3128', 'us@er:p:w/%ö'],
    ['http://user:a:b@proxy:3128', 'user:a:b'],
  ])('sends user and password decoded: %s', (url, pair) => {
    const proxy = new EgressProxy({ url });
    expect(proxy.connectHeaders('a:1')['proxy-authorization']).toBe(basic(pair));
  });

  it('shows its password to nobody who prints it', () => {
    const proxy = new EgressProxy({ url: 'http://user:password-4711@proxy:3128' });
    const encoded = basic('user:password-4711').slice('Basic '.length);
    for (const text of [JSON.stringify(proxy), inspect(proxy, { depth: 9, showHidden: true })]) {
      expect(text).not.toMatch(new RegExp(`4711|${encoded}`));
    }
  });

  it.each([
    '',
    'proxy.internal:3128',
    '//proxy.internal:3128',
    'socks5://proxy.internal:1080',
    'ftp://proxy.internal',
    'http://proxy.internal/path-4711',
    'http://proxy.internal/?query-4711',
    'http://proxy.internal/#fragment-4711',
    'http://proxy.internal:0',
    'http://proxy.internal:99999',
    'http://us%3Aer:password-4711@proxy',
    'http://user:password-4711%0d%0aX:%20y@proxy',
    'http://user:password-4711%00@proxy',
    'http://user:password-4711%zz@proxy',
    'http://user:password-4711%ff@proxy',
  ])('refuses %s, and says nothing of it', (url) => {
    expect(() => new EgressProxy({ url })).toThrow(/^(?!.*4711)/);
    expect(() => new EgressProxy({ url })).toThrow(Error);
  });

  it('is for https, except for this machine and what NO_PROXY names', () => {
    const proxy = new EgressProxy({
      url: 'http://proxy:3128',
      noProxy: ['corp.example', '10.0.0.0/8:8443'],
    });
    expect(proxy.isFor(https('example.com'), 443)).toBe(true);
    expect(proxy.isFor({ protocol: 'http:', hostname: 'example.com' }, 80)).toBe(false);
    expect(proxy.isFor(https('mcp.corp.example'), 443)).toBe(false);
    expect([443, 8443].map((port) => proxy.isFor(https('10.0.0.1'), port))).toEqual([true, false]);
    for (const host of [
      'localhost',
      'x.localhost',
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '::ffff:127.0.0.1',
    ]) {
      expect(proxy.isFor(https(host), 443), host).toBe(false);
    }
  });

  it('refuses an entry of NO_PROXY', () => {
    const options = { url: 'http://proxy:3128', noProxy: ['good.example', 'http://bad.example'] };
    expect(() => new EgressProxy(options)).toThrow('http://bad.example');
  });
});
