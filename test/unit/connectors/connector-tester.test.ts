import { describe, expect, it } from 'vitest';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { failedReport } from '../../../src/modules/connectors/connection-test.ts';
import { ConnectorTester } from '../../../src/modules/connectors/connector-tester.ts';
import { TestLimiter } from '../../../src/modules/connectors/test-limiter.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';
import { UserPolicy } from '../../../src/outbound/outbound-policy.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const identity = (userId: string) => ({ tenantId: 't', userId });
const LIMITS = {
  atOnce: 10,
  atOncePerUser: 10,
  atOncePerDestination: 10,
  perMinutePerUser: 100,
  perMinutePerDestination: 100,
};

/** A tester whose tests end at once, and the URLs that were tested. */
function createTester(limits: Partial<typeof LIMITS>) {
  const tested: string[] = [];
  const tester = new ConnectorTester({
    validator: {
      test: async ({ url }) => {
        tested.push(url);
        const failure = new McpFailure('AUTH_REQUIRED');
        return failedReport('AUTH_REQUIRED', { latencyMs: 1, attempts: 1, failure });
      },
    },
    limiter: new TestLimiter({ limits: { ...LIMITS, ...limits }, clock: new FakeClock() }),
    urlPolicy: new UserPolicy({
      allowedHosts: parseAllowedHosts(''),
      allowedAddresses: parseAllowedAddresses(''),
    }),
    signIn: { find: async () => undefined },
  });
  const subject = (serverUrl: string) =>
    ({ serverUrl, transport: 'auto', authType: 'none', credentials: undefined }) as const;
  return { tester, tested, subject };
}

describe('what counts as one destination', () => {
  it.each([
    ['https://203.0.112.8/mcp', 'https://[::ffff:203.0.112.8]:8443/'],
    ['https://[::ffff:cb00:7008]/mcp', 'https://0xcb007008/other'],
    ['https://mcp.example.com/mcp', 'https://MCP.example.com.:8443/sse?x=1'],
    ['https://[2606:4700::1]/', 'https://[2606:4700:0:0::0.0.0.1]/'],
  ])('%s and %s', async (one, other) => {
    const { tester, subject, tested } = createTester({ perMinutePerDestination: 1 });
    await tester.test(identity('alice'), subject(one));
    await expect(tester.test(identity('bob'), subject(other))).rejects.toMatchObject({
      code: 'TEST_LIMIT_REACHED',
      options: { extensions: { limit: 'destination' } },
    });
    expect(tested).toEqual([one]);
  });

  it.each([
    ['https://203.0.112.8/', 'https://[2606:4700::203.0.112.8]/'],
    ['https://mcp.example.com/', 'https://mcp.example.org/'],
  ])('not %s and %s', async (one, other) => {
    const { tester, subject, tested } = createTester({ perMinutePerDestination: 1 });
    await tester.test(identity('alice'), subject(one));
    await tester.test(identity('bob'), subject(other));
    expect(tested).toEqual([one, other]);
  });
});

describe('what counts as a test', () => {
  const url = 'https://mcp.example.com/mcp';

  it('every one that may send requests, however it ends', async () => {
    const { tester, subject, tested } = createTester({ perMinutePerUser: 2 });
    const save = () => Promise.reject(new Error('not reached'));
    await expect(tester.saveIfPasses(identity('alice'), subject(url), save)).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
    });
    await tester.test(identity('alice'), subject(url));
    await expect(tester.test(identity('alice'), subject(url))).rejects.toMatchObject({
      code: 'TEST_LIMIT_REACHED',
    });
    expect(tested).toHaveLength(2);
  });

  it('none that ends before it begins, and none of a URL that is refused', async () => {
    const { tester, subject, tested } = createTester({ perMinutePerUser: 1 });
    const full = new Error('as many connectors as allowed');
    const onTurn = () => Promise.reject(full);
    for (const refusing of [url, 'https://10.0.0.1/', 'nonsense']) {
      for (let n = 0; n < 3; n += 1) {
        const testing = tester.test(identity('alice'), subject(refusing), { onTurn });
        await expect(testing).rejects.toBe(full);
      }
    }
    expect(tested).toEqual([]);
    for (const refused of ['https://10.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'nonsense']) {
      await tester.test(identity('alice'), subject(refused));
    }
    await tester.test(identity('alice'), subject(url));
    expect(tested).toHaveLength(4);
  });
});
