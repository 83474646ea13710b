import { BlockList } from 'node:net';
import fc from 'fast-check';

/** IANA's registry of special-purpose IPv4 addresses, and the space of multicast. All of it, reachable or not. */
export const SPECIAL_IPV4: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** IANA's registry of special-purpose IPv6 addresses, and what else is not global unicast. All of it, reachable or not. */
export const SPECIAL_IPV6: readonly string[] = [
  // Everything outside of 2000::/3, and with it ::1, mapped addresses, NAT64, local and multicast addresses.
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
];

/** Public addresses that are services of the machine's cloud. */
const PUBLIC_METADATA: readonly string[] = ['168.63.129.16/32'];

/** Where a machine's cloud hands out its credentials. */
export const METADATA_ADDRESSES: readonly string[] = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:42::42',
  'fd00:100::100:200',
  'fd00:a9fe:a9fe::1',
  'fe80::a9fe:a9fe',
];

/**
 * Tells whether an address is in the registries as Node reads them, which shares nothing with what the service decides by.
 * IPv4 in IPv6 notation counts as IPv6.
 */
export function specialAddresses(): (address: string) => boolean {
  // Of one list, the IPv6 ranges would also apply to IPv4, as the mapped addresses they contain.
  const ipv4 = new BlockList();
  for (const range of [...SPECIAL_IPV4, ...PUBLIC_METADATA]) {
    const { first, bits } = parseRange(range);
    ipv4.addSubnet(ipv4Text(Number(first)), bits, 'ipv4');
  }
  const ipv6 = new BlockList();
  for (const range of SPECIAL_IPV6) {
    const { first, bits } = parseRange(range);
    ipv6.addSubnet(ipv6Text(first), bits, 'ipv6');
  }
  return (address) =>
    address.includes(':') ? ipv6.check(address, 'ipv6') : ipv4.check(address, 'ipv4');
}

/** An IPv4 address of the ranges, as a number; first and last ones often. */
export function ipv4In(ranges: readonly string[]): fc.Arbitrary<number> {
  return inRanges(ranges, 32).map(Number);
}

/** An IPv6 address of the ranges, as a number. */
export function ipv6In(ranges: readonly string[]): fc.Arbitrary<bigint> {
  return inRanges(ranges, 128);
}

/** The addresses next to the ends of the ranges, inside and outside, as numbers. */
export function edgesOf(ranges: readonly string[], width: 32 | 128): bigint[] {
  const end = (1n << BigInt(width)) - 1n;
  return ranges.flatMap((range) => {
    const { first, last } = parseRange(range);
    return [first - 1n, first, last, last + 1n].filter((value) => value >= 0n && value <= end);
  });
}

function inRanges(ranges: readonly string[], width: 32 | 128): fc.Arbitrary<bigint> {
  return fc.constantFrom(...ranges).chain((range) => {
    const { first, last, size } = parseRange(range);
    if (size !== width) throw new Error(`${range} is of the other family`);
    return fc.oneof(fc.constantFrom(first, last), fc.bigInt({ min: first, max: last }));
  });
}

interface ParsedRange {
  first: bigint;
  last: bigint;
  bits: number;
  size: 32 | 128;
}

function parseRange(range: string): ParsedRange {
  const [address = '', bitsText] = range.split('/');
  const size = address.includes(':') ? 128 : 32;
  const bits = Number(bitsText);
  const first = address.includes(':') ? ipv6Number(address) : ipv4Number(address);
  return { first, last: first + (1n << BigInt(size - bits)) - 1n, bits, size };
}

function ipv4Number(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6Number(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

/** `a.b.c.d` */
export function ipv4Text(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}

/** All eight groups. */
export function ipv6Text(value: bigint): string {
  return [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n]
    .map((index) => ((value >> (index * 16n)) & 0xffffn).toString(16))
    .join(':');
}

/** The last 32 bits of an IPv6 address, as two groups. */
function twoGroups(value: number): string {
  return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

/** One number of an IPv4 address in every radix that URLs know. */
function inRadix(value: number, radix: number): string {
  if (radix === 10) return String(value);
  return radix === 16 ? `0x${value.toString(16)}` : `0${value.toString(8)}`;
}

/** Spellings of one IPv4 address that are hosts of URLs (WHATWG URL, "IPv4 parser"); all of them mean that address. */
export function ipv4Spellings(value: number): fc.Arbitrary<string> {
  const radix = fc.constantFrom(8, 10, 16);
  const spelled = fc.tuple(fc.integer({ min: 0, max: 3 }), radix, radix, radix, radix);
  const parts = spelled.map(([dots, ...radixes]) => {
    const numbers = [24, 16, 8]
      .slice(0, dots)
      .map((shift, index) => inRadix((value >>> shift) & 0xff, radixes[index] ?? 10));
    const rest = dots === 0 ? value : value & (2 ** (32 - dots * 8) - 1);
    return [...numbers, inRadix(rest >>> 0, radixes[3] ?? 10)].join('.');
  });
  const disguise = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `${text}.`,
    (text) => text.toUpperCase().replaceAll('0X', '0x'),
    (text) => text.replaceAll('0x', '0X'),
    (text) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    (text) => text.replaceAll('.', '。'),
    (text) => text.replace(/./gu, (char) => `%${char.codePointAt(0)?.toString(16)}`),
  );
  return fc.tuple(parts, disguise).map(([text, change]) => change(text));
}

/** IPv6 addresses that an IPv4 address is reached by: IPv4-mapped, in both notations. */
export function mappedForms(value: number): string[] {
  return [
    `::ffff:${ipv4Text(value)}`,
    `::ffff:${twoGroups(value)}`,
    `0:0:0:0:0:FFFF:${twoGroups(value)}`,
  ];
}

/** IPv6 addresses that carry an IPv4 address through a tunnel or a translator. */
export function embeddedForms(value: number): string[] {
  const groups = twoGroups(value);
  const inverted = twoGroups(~value >>> 0);
  return [
    `::${ipv4Text(value)}`,
    `::${groups}`,
    `::ffff:0:${groups}`,
    `64:ff9b::${groups}`,
    `64:ff9b::${ipv4Text(value)}`,
    `64:ff9b:1::${groups}`,
    `64:ff9b:1:ffff:ffff:ffff:${groups}`,
    `2002:${groups}::1`,
    `2002:${groups}:ffff:1:2:3:4`,
    `2001:0:808:808:8000:ffff:${inverted}`,
    `2606:4700::5efe:${groups}`,
    `2606:4700::200:5efe:${groups}`,
    `fe80::5efe:${groups}`,
  ];
}
