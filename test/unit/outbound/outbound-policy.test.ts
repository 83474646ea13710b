import { describe, expect, it } from 'vitest';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';
import type { OutboundErrorCode } from '../../../src/outbound/outbound-error.ts';
import {
  ManagedPolicy,
  type OutboundPolicy,
  UserPolicy,
} from '../../../src/outbound/outbound-policy.ts';

function userPolicy(hosts = '', addresses = ''): UserPolicy {
  return new UserPolicy({
    allowedHosts: parseAllowedHosts(hosts),
    allowedAddresses: parseAllowedAddresses(addresses),
  });
}

function codeOf(policy: OutboundPolicy, url: string): OutboundErrorCode | 'ok' {
  try {
    policy.checkUrl(url);
    return 'ok';
  } catch (error) {
    return (error as { code: OutboundErrorCode }).code;
  }
}

const https = (hostname: string) => ({ protocol: 'https:' as const, hostname });
const http = (hostname: string) => ({ protocol: 'http:' as const, hostname });

describe('UserPolicy without lists', () => {
  const policy = userPolicy();

  it.each(['https://example.com/mcp', 'https://8.8.8.8/mcp', 'https://example.com.:8443/'])(
    'allows %s',
    (url) => {
      expect(codeOf(policy, url)).toBe('ok');
    },
  );

  it.each([
    'http://example.com/mcp',
    'http://8.8.8.8/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://127.1/',
    'https://2130706433/',
    'https://①②⑦.0.0.1/',
    'https://[::ffff:7f00:1]/',
    'https://[::]/',
    'https://0/',
    'https://localhost/',
    'https://localhost./',
    'https://x.localhost/',
    'https://foo/',
    'https://a.svc.cluster.local/',
    'https://metadata.google.internal/',
    'https://169.254.169.254/latest/meta-data/',
    'https://example.com:22/',
    'https://example.com:6379'.replace('6379', '6667'),
  ])('blocks %s', (url) => {
    expect(codeOf(policy, url)).toBe('BLOCKED_URL');
  });

  it.each([
    'nope',
    '',
    'file:///etc/passwd',
    'gopher://x.com/',
    'ftp://example.com/',
    'javascript:alert(1)',
    'https://user:secret@example.com/',
    'https://user@example.com/',
    'https://',
    '//example.com',
  ])('cannot use %s', (url) => {
    expect(codeOf(policy, url)).toBe('INVALID_URL');
  });

  it('allows public addresses over https only', () => {
    expect(policy.allowsAddress(https('example.com'), '8.8.8.8')).toBe(true);
    expect(policy.allowsAddress(http('example.com'), '8.8.8.8')).toBe(false);
    expect(policy.allowsAddress(https('example.com'), '10.0.0.1')).toBe(false);
    expect(policy.allowsAddress(https('example.com'), '')).toBe(false);
  });
});

describe('UserPolicy with lists', () => {
  const policy = userPolicy(
    'mcp.corp.example,localhost,*.lan',
    '10.0.0.0/8,127.0.0.1/32,203.0.113.0/24',
  );

  it('takes a private literal from the list of addresses', () => {
    expect(codeOf(policy, 'http://10.1.2.3:8080/mcp')).toBe('ok');
    expect(codeOf(policy, 'https://127.0.0.1/')).toBe('ok');
    expect(codeOf(policy, 'https://127.0.0.2/')).toBe('BLOCKED_URL');
    expect(codeOf(policy, 'https://192.168.0.1/')).toBe('BLOCKED_URL');
  });

  it('wants the name and its address listed for a private address', () => {
    expect(policy.allowsAddress(https('mcp.corp.example'), '10.1.2.3')).toBe(true);
    expect(policy.allowsAddress(http('mcp.corp.example'), '10.1.2.3')).toBe(true);
    expect(policy.allowsAddress(https('mcp.corp.example'), '192.168.0.1')).toBe(false);
    // Anybody can point a name of their own at an allowed range.
    expect(policy.allowsAddress(https('evil.example'), '10.1.2.3')).toBe(false);
  });

  it('takes plain http only where the lists allow name and address', () => {
    expect(codeOf(policy, 'http://mcp.corp.example/')).toBe('ok');
    expect(codeOf(policy, 'http://evil.example/')).toBe('BLOCKED_URL');
    expect(policy.allowsAddress(http('mcp.corp.example'), '8.8.8.8')).toBe(false);
    expect(policy.allowsAddress(https('mcp.corp.example'), '8.8.8.8')).toBe(true);
  });

  it('takes listed internal names', () => {
    expect(codeOf(policy, 'http://localhost:3001/mcp')).toBe('ok');
    expect(codeOf(policy, 'https://nas.lan/mcp')).toBe('ok');
    expect(codeOf(policy, 'https://nas.local/mcp')).toBe('BLOCKED_URL');
  });

  it('never allows metadata services, whatever is listed', () => {
    const open = userPolicy('metadata.google.internal', '0.0.0.0/0,::/0,169.254.169.254');
    for (const address of [
      '169.254.169.254',
      '168.63.129.16',
      '100.100.100.200',
      'fd00:ec2::254',
    ]) {
      expect(open.allowsAddress(http('metadata.google.internal'), address), address).toBe(false);
    }
    for (const url of [
      'http://169.254.169.254/',
      'http://[::ffff:169.254.169.254]/',
      'http://0.0.0.0/',
    ]) {
      expect(codeOf(open, url), url).toBe('BLOCKED_URL');
    }
    expect(codeOf(open, 'http://10.0.0.1/')).toBe('ok');
  });
});

describe('ManagedPolicy', () => {
  const policy = new ManagedPolicy({
    origins: ['http://agent.svc:8080/x', 'https://keys.example.com'],
  });

  it('knows its origins only', () => {
    expect(codeOf(policy, 'http://agent.svc:8080/start')).toBe('ok');
    expect(codeOf(policy, 'https://keys.example.com/jwks.json')).toBe('ok');
    for (const url of [
      'http://agent.svc/',
      'http://keys.example.com/',
      'https://keys.example.com.evil.example/',
    ]) {
      expect(codeOf(policy, url), url).toBe('BLOCKED_URL');
    }
    expect(codeOf(policy, 'https://user@keys.example.com/')).toBe('INVALID_URL');
  });

  it('may reach private addresses, but no metadata service', () => {
    expect(policy.allowsAddress(http('agent.svc'), '10.0.0.1')).toBe(true);
    expect(policy.allowsAddress(http('agent.svc'), '169.254.169.254')).toBe(false);
  });

  it('refuses an origin that is none', () => {
    expect(() => new ManagedPolicy({ origins: ['agent'] })).toThrow();
  });
});
