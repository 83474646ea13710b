import { describe, expect, it } from 'vitest';
import { isAddressIn } from '../../../src/outbound/address-policy.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';

describe('parseAllowedHosts', () => {
  it('knows names and wildcards', () => {
    const hosts = parseAllowedHosts(
      ' localhost, MCP.corp.example. ,*.svc.cluster.local,, müller.example',
    );
    for (const host of [
      'localhost',
      'mcp.corp.example',
      'a.svc.cluster.local',
      'xn--mller-kva.example',
    ]) {
      expect(hosts.has(host), host).toBe(true);
    }
    for (const host of [
      'svc.cluster.local',
      'evilsvc.cluster.local',
      'x.localhost',
      'corp.example',
      '',
    ]) {
      expect(hosts.has(host), host).toBe(false);
    }
    expect(parseAllowedHosts('').has('localhost')).toBe(false);
  });

  it.each([
    'http://a.example',
    'a.example:80',
    'a.example/mcp',
    '*',
    '*.',
    'a.*.example',
    'a b',
    '127.0.0.1',
    '[::1]',
    '::1',
    '-a.example',
    '[a.example]',
    // Browsers and DNS libraries read these as addresses.
    '127.1',
    '0x7f000001',
    '2130706433',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
    'a..example',
  ])('refuses %s and names it', (entry) => {
    expect(() => parseAllowedHosts(`good.example,${entry}`)).toThrow(`"${entry}"`);
  });
});

describe('parseAllowedAddresses', () => {
  it('knows addresses and ranges', () => {
    const ranges = parseAllowedAddresses('127.0.0.1, 10.0.0.0/8, ::1, fd12::/16');
    for (const address of ['127.0.0.1', '10.255.0.1', '::1', 'fd12::5', '::ffff:10.0.0.1']) {
      expect(isAddressIn(address, ranges), address).toBe(true);
    }
    for (const address of ['127.0.0.2', '11.0.0.1', '::2', 'fd13::5', 'fd12::5%lo', 'x']) {
      expect(isAddressIn(address, ranges), address).toBe(false);
    }
  });

  it.each([
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0/8',
    'fe80::1%lo',
    '::/129',
    '1',
    // They would match nothing: such an address is judged as the IPv4 address it reaches.
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::ffff:10.0.0.0/104',
  ])('refuses %s and names it', (entry) => {
    expect(() => parseAllowedAddresses(entry)).toThrow(`"${entry}"`);
  });
});
