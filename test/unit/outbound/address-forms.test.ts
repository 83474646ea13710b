import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAddress } from '../../../src/outbound/address-policy.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';
import { OutboundError } from '../../../src/outbound/outbound-error.ts';
import {
  ManagedPolicy,
  type OutboundPolicy,
  UserPolicy,
} from '../../../src/outbound/outbound-policy.ts';
import {
  edgesOf,
  embeddedForms,
  ipv4In,
  ipv4Spellings,
  ipv4Text,
  ipv6In,
  ipv6Text,
  METADATA_ADDRESSES,
  mappedForms,
  SPECIAL_IPV4,
  SPECIAL_IPV6,
  specialAddresses,
} from '../../support/special-addresses.ts';

const RUNS = { numRuns: 1_000 };

const isSpecial = specialAddresses();

const anyIpv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const specialIpv4 = ipv4In(SPECIAL_IPV4);
const publicIpv4 = anyIpv4.filter((value) => !isSpecial(ipv4Text(value)));
const specialIpv6 = ipv6In(SPECIAL_IPV6).map(ipv6Text);
const globalIpv6 = ipv6In(['2000::/3']).map(ipv6Text);

function userPolicy(hosts = '', addresses = ''): UserPolicy {
  return new UserPolicy({
    allowedHosts: parseAllowedHosts(hosts),
    allowedAddresses: parseAllowedAddresses(addresses),
  });
}

/** The address as it stands in a URL. */
const hostOf = (address: string) => (address.includes(':') ? `[${address}]` : address);
const https = (hostname: string) => ({ protocol: 'https:' as const, hostname });

function isRefused(policy: OutboundPolicy, url: string): boolean {
  try {
    policy.checkUrl(url);
    return false;
  } catch (error) {
    if (error instanceof OutboundError) return true;
    throw error;
  }
}

/** May a user reach the address by a URL, by a name that resolves to it, or by any protocol? */
function isOutOfReach(policy: OutboundPolicy, address: string): boolean {
  const asUrl = ['https', 'http'].every((scheme) =>
    isRefused(policy, `${scheme}://${hostOf(address)}:8443/mcp`),
  );
  return asUrl && !policy.allowsAddress(https('mcp.example.com'), address);
}

/** A name server and the operating system give addresses as WHATWG writes them, among other ways. */
const asUrlWritesIt = (address: string) =>
  new URL(`https://${hostOf(address)}`).hostname.replace(/^\[|\]$/g, '');

describe('what is public', () => {
  it.each(edgesOf(SPECIAL_IPV4, 32).map((value) => ipv4Text(Number(value))))(
    'is decided at the edge %s as the registry says',
    (address) => {
      expect(classifyAddress(address) === 'public').toBe(!isSpecial(address));
    },
  );

  it.each(edgesOf(SPECIAL_IPV6, 128).map(ipv6Text))(
    'is decided at the edge %s as the registry says',
    (address) => {
      expect(classifyAddress(address) === 'public').toBe(!isSpecial(address));
    },
  );

  it('is decided for IPv4 as the registry says', () => {
    const address = fc.oneof(anyIpv4, specialIpv4).map(ipv4Text);
    fc.assert(
      fc.property(address, (text) => (classifyAddress(text) === 'public') === !isSpecial(text)),
      { numRuns: 5_000 },
    );
  });

  it('is decided for IPv6 as the registry says', () => {
    fc.assert(
      fc.property(fc.oneof(globalIpv6, specialIpv6), (text) => {
        const isPublic = !isSpecial(text);
        expect(classifyAddress(text) === 'public', text).toBe(isPublic);
        expect(classifyAddress(asUrlWritesIt(text)) === 'public', text).toBe(isPublic);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a special address', () => {
  const policy = userPolicy();

  it('is out of reach in every spelling of a URL', () => {
    const spelled = specialIpv4.chain((value) => ipv4Spellings(value));
    fc.assert(
      fc.property(spelled, (host) => {
        expect(isRefused(policy, `https://${host}/mcp`), host).toBe(true);
      }),
      RUNS,
    );
  });

  it('is out of reach as IPv6, in a URL and as the answer to a name', () => {
    const embedded = specialIpv4.chain((value) =>
      fc.constantFrom(ipv4Text(value), ...mappedForms(value), ...embeddedForms(value)),
    );
    fc.assert(
      fc.property(fc.oneof(embedded, specialIpv6), (address) => {
        expect(isOutOfReach(policy, address), address).toBe(true);
        expect(isOutOfReach(policy, asUrlWritesIt(address)), address).toBe(true);
      }),
      RUNS,
    );
  });

  it('is not reached by a name that nobody listed, even where the address is listed', () => {
    const open = userPolicy('listed.example.com', '0.0.0.0/0,::/0');
    fc.assert(
      fc.property(fc.oneof(specialIpv4.map(ipv4Text), specialIpv6), (address) => {
        expect(open.allowsAddress(https('other.example.com'), address), address).toBe(false);
      }),
      RUNS,
    );
  });
});

describe('a public address', () => {
  const policy = userPolicy();

  it('is reached over https in every spelling, and never over http', () => {
    const spelled = publicIpv4.chain((value) =>
      fc.tuple(
        fc.constant(ipv4Text(value)),
        fc.oneof(ipv4Spellings(value), fc.constantFrom(...mappedForms(value)).map(hostOf)),
      ),
    );
    fc.assert(
      fc.property(spelled, ([address, host]) => {
        expect(isRefused(policy, `https://${host}/mcp`), host).toBe(false);
        expect(isRefused(policy, `http://${host}/mcp`), host).toBe(true);
        expect(policy.allowsAddress(https('mcp.example.com'), address), address).toBe(true);
      }),
      RUNS,
    );
  });

  it('is out of reach where a tunnel or translator carries it', () => {
    const embedded = publicIpv4.chain((value) => fc.constantFrom(...embeddedForms(value)));
    fc.assert(
      fc.property(embedded, (address) => {
        expect(isOutOfReach(policy, address), address).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('a listed address', () => {
  const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '198.18.0.0/15'];

  it('is reached in every spelling, over http too, and no other one is', () => {
    const pair = fc.tuple(ipv4In(PRIVATE), ipv4In(PRIVATE)).filter(([one, two]) => one !== two);
    const spelled = pair.chain(([value, other]) =>
      fc.tuple(
        fc.constant(ipv4Text(value)),
        fc.oneof(ipv4Spellings(value), fc.constantFrom(...mappedForms(value)).map(hostOf)),
        ipv4Spellings(other),
      ),
    );
    fc.assert(
      fc.property(spelled, ([address, host, otherHost]) => {
        const policy = userPolicy('', address);
        for (const scheme of ['http', 'https']) {
          expect(isRefused(policy, `${scheme}://${host}/mcp`), host).toBe(false);
          expect(isRefused(policy, `${scheme}://${otherHost}/mcp`), otherHost).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

describe('a metadata service', () => {
  const open = userPolicy('metadata.google.internal', '0.0.0.0/0,::/0');
  const managed = new ManagedPolicy({ origins: ['http://agent.svc:8080'] });
  const fourBytes = METADATA_ADDRESSES.filter((address) => !address.includes(':')).map((address) =>
    address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
  );

  it('is out of reach in every form, whatever is listed, for both policies', () => {
    const v4 = fc.constantFrom(...fourBytes);
    const linkLocal = ipv4In(['169.254.0.0/16']);
    const addresses = fc.oneof(
      fc.constantFrom(...METADATA_ADDRESSES),
      fc
        .oneof(v4, linkLocal)
        .chain((value) =>
          fc.constantFrom(ipv4Text(value), ...mappedForms(value), ...embeddedForms(value)),
        ),
      ipv6In(['fe80::/10']).map(ipv6Text),
    );
    fc.assert(
      fc.property(addresses, (address) => {
        for (const form of [address, asUrlWritesIt(address)]) {
          expect(isOutOfReach(open, form), form).toBe(true);
          const listed = https('metadata.google.internal');
          expect(open.allowsAddress(listed, form), form).toBe(false);
          expect(managed.allowsAddress(https('agent.svc'), form), form).toBe(false);
        }
      }),
      RUNS,
    );
    fc.assert(
      fc.property(v4.chain(ipv4Spellings), (host) => isRefused(open, `http://${host}/latest`)),
      RUNS,
    );
  });
});

describe('the managed policy', () => {
  it('knows its own origins only, whatever a URL looks like', () => {
    const policy = new ManagedPolicy({ origins: ['https://keys.example.com', 'http://10.0.0.1'] });
    const own = ['https://keys.example.com', 'http://10.0.0.1'];
    const hosts = fc.oneof(
      fc.domain(),
      anyIpv4.chain(ipv4Spellings),
      fc.constantFrom('keys.example.com', 'keys.example.com.', 'keys.example.com.evil.example'),
    );
    const urls = fc
      .tuple(
        fc.constantFrom('http', 'https', 'ftp', 'ws', 'file'),
        fc.constantFrom('', 'user@', 'keys.example.com@', ':secret@'),
        hosts,
        fc.constantFrom('', ':80', ':443', ':8443', ':0'),
        fc.constantFrom('/', '\\@keys.example.com/', '#@keys.example.com', '?keys.example.com'),
      )
      .map(([scheme, user, host, port, rest]) => `${scheme}://${user}${host}${port}${rest}`);
    fc.assert(
      fc.property(urls, (url) => {
        if (isRefused(policy, url)) return;
        const { origin, username, password } = new URL(url);
        expect(own, url).toContain(origin);
        expect([username, password]).toEqual(['', '']);
      }),
      { numRuns: 5_000 },
    );
  });
});
