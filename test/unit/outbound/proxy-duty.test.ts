import { readFileSync } from 'node:fs';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAddress } from '../../../src/outbound/address-policy.ts';
import { METADATA_ADDRESSES, SPECIAL_IPV4, SPECIAL_IPV6 } from '../../support/special-addresses.ts';

// Where the proxy resolves names, it has to refuse what the guard refuses. The README lists that; here the list is taken at its word.

const readme = readFileSync(path.resolve(import.meta.dirname, '../../../README.md'), 'utf8');

/** Everything between backticks in the item of a list. */
function quotedIn(begin: string): string[] {
  const [, item = ''] =
    new RegExp(`^- ${begin}([\\s\\S]*?)(?=\\n(?:- |\\n))`, 'm').exec(readme) ?? [];
  return item.split('`').filter((_piece, at) => at % 2 === 1);
}

function rangesIn(pieces: string[], family: 'ipv4' | 'ipv6'): BlockList {
  const ranges = new BlockList();
  for (const piece of pieces.filter((one) => one.includes('/'))) {
    const [network = '', bits] = piece.split('/');
    ranges.addSubnet(network, Number(bits), family);
  }
  return ranges;
}

const ipv4Pieces = quotedIn('IPv4: ');
const ipv6Pieces = quotedIn('IPv6: all \\*\\*outside\\*\\* of ');
const ipv4 = rangesIn(ipv4Pieces, 'ipv4');
const ipv6 = rangesIn(
  ipv6Pieces.filter((piece) => piece !== '2000::/3'),
  'ipv6',
);
const routed = rangesIn(['2000::/3'], 'ipv6');
const isatap = ipv6Pieces.filter((piece) => piece.endsWith(':5efe'));

/** Does the list in the README name the address? IPv6 addresses have all their eight groups. */
function isListed(address: string): boolean {
  if (isIPv4(address)) return ipv4.check(address, 'ipv4');
  const identifier = address.split(':').slice(4).join(':');
  return (
    !routed.check(address, 'ipv6') ||
    ipv6.check(address, 'ipv6') ||
    isatap.some((begin) => identifier.startsWith(`${begin}:`))
  );
}

/** Addresses anywhere, and at the edges of what is special. */
const edges = (ranges: readonly string[]) =>
  fc.constantFrom(...ranges.filter((range) => range.includes('/')));
const ipv4Address = fc
  .tuple(edges([...SPECIAL_IPV4, ...ipv4Pieces]), fc.constantFrom(-1, 0, 1), fc.boolean(), fc.nat())
  .map(([range, step, atEnd, random]) => {
    const [network = '', bits] = range.split('/');
    const first = network.split('.').reduce((value, part) => value * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    const at = (step === 0 ? random % size : atEnd ? size - 1 + step : step) + first;
    const value = (at + 2 ** 32) % 2 ** 32;
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  });
const group = fc.oneof(
  fc.nat(0xffff),
  fc.constantFrom(0, 0xffff, 0x100, 0x200, 0x300, 0x400, 0x5efe),
);
const ipv6Address = fc
  .tuple(
    edges([...SPECIAL_IPV6, ...ipv6Pieces]),
    fc.array(group, { minLength: 8, maxLength: 8 }),
    fc.constantFrom(0, 1, 2, 4),
  )
  .map(([range, random, kept]) => {
    const [network = ''] = range.split('/');
    const given = network
      .replace(/::.*$/, '')
      .split(':')
      .filter((part) => part !== '');
    const begin = given.map((part) => Number.parseInt(part, 16)).slice(0, kept);
    return [...begin, ...random.slice(begin.length)].map((part) => part.toString(16)).join(':');
  });

describe('what the README asks of a proxy that resolves names', () => {
  it('is found', () => {
    expect(ipv4Pieces.length).toBeGreaterThan(15);
    expect(ipv6Pieces.length).toBeGreaterThan(10);
    expect(isatap).toHaveLength(4);
  });

  it('is what the guard refuses, and nothing else: IPv4', () => {
    fc.assert(
      fc.property(ipv4Address, (address) => {
        expect(isListed(address), address).toBe(classifyAddress(address) !== 'public');
      }),
      { numRuns: 5_000 },
    );
  });

  it('is what the guard refuses, and nothing else: IPv6', () => {
    fc.assert(
      fc.property(ipv6Address, (address) => {
        expect(isIPv6(address), address).toBe(true);
        expect(isListed(address), address).toBe(classifyAddress(address) !== 'public');
      }),
      { numRuns: 5_000 },
    );
  });

  it('has every metadata service, also those that it names', () => {
    const named = [...ipv4Pieces, ...ipv6Pieces].filter((piece) => isIPv4(piece) || isIPv6(piece));
    expect(named).toEqual(expect.arrayContaining(['100.100.100.200', '::1', '::']));
    for (const address of [...METADATA_ADDRESSES, ...named]) {
      expect(isIPv4(address) ? isListed(address) : !routed.check(address, 'ipv6'), address).toBe(
        true,
      );
    }
  });
});
