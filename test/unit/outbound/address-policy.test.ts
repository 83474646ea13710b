import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAddress } from '../../../src/outbound/address-policy.ts';

describe('classifyAddress', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '2606:4700::1111',
    '2a00:1450:4001:82a::200e',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
  ])('%s is public', (address) => {
    expect(classifyAddress(address)).toBe('public');
  });

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '198.18.0.1',
    '192.88.99.1',
    '203.0.113.5',
    '240.0.0.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
  ])('%s is private', (address) => {
    expect(classifyAddress(address)).toBe('private');
  });

  it.each([
    '0.0.0.0',
    '0.0.0.1',
    '0.255.255.255',
    '255.255.255.255',
    '224.0.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.0.1',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '::',
    '::ffff:a9fe:a9fe',
    '::ffff:169.254.169.254',
    '::ffff:168.63.129.16',
    '::127.0.0.1',
    '::8.8.8.8',
    '::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '2001::1',
    'fe80::1',
    'fe80::1%lo',
    '2606:4700::1111%eth0',
    'fec0::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    'ff02::1',
    '100:0:0:1::1',
    '4000::1',
    '',
    'x',
    '127.1',
    '0x7f000001',
    '2130706433',
    '010.0.0.1',
    '[::1]',
  ])('%s is forbidden', (address) => {
    expect(classifyAddress(address)).toBe('forbidden');
  });

  it('calls IPv6 addresses public only inside 2000::/3', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const first = groups[0] ?? 0;
        const address = groups.map((value) => value.toString(16)).join(':');
        const isMapped = groups.slice(0, 5).every((value) => value === 0) && groups[5] === 0xffff;
        fc.pre(!isMapped);
        return classifyAddress(address) !== 'public' || (first >= 0x2000 && first <= 0x3fff);
      }),
    );
  });

  it('treats an IPv4-mapped address as the IPv4 address it reaches', () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        (address) => classifyAddress(`::ffff:${address}`) === classifyAddress(address),
      ),
    );
  });
});
