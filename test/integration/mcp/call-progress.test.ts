import { afterEach, describe, expect, it } from 'vitest';
import { readProgress } from '../../../src/mcp/client/call-progress.ts';
import type { CallProgress } from '../../../src/mcp/client/mcp-client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startDualServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';
import { COUNTING_TOOL } from '../../support/mcp-servers/test-tools.ts';

const signal = () => AbortSignal.timeout(20_000);
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each([
  ['legacy', () => startLegacyServer()],
  ['legacy over SSE', () => startLegacyServer({ transport: 'sse' })],
  ['dual', () => startDualServer()],
  ['modern', () => startModernServer()],
])('a server that is %s', (_kind, start) => {
  it('tells the progress of each call to the one who made it', async () => {
    const server = await start();
    cleanups.push(() => server.close());
    const client = createTestClient({ closeTimeoutMs: 500, probeTimeoutMs: 20_000 });
    cleanups.push(() => client.close());
    const target = {
      url: server.url,
      transport: 'auto',
      era: undefined,
      secretHeaders: {},
    } as const;
    const connection = await client.mcpClient.connect(target, { signal: signal() });

    const told = await Promise.all(
      [0, 1, 2].map(async () => {
        const progress: CallProgress[] = [];
        const outcome = await connection.callTool(
          { name: COUNTING_TOOL, arguments: {} },
          { signal: signal(), onProgress: (one) => progress.push(one) },
        );
        expect(outcome).toMatchObject({ kind: 'result' });
        return progress;
      }),
    );

    const steps = [1, 2, 3].map((n) => ({ progress: n, total: 3, message: `step ${n}` }));
    expect(told).toEqual([steps, steps, steps]);
  });

  it('is not asked by a call that wants none', async () => {
    const server = await start();
    cleanups.push(() => server.close());
    const client = createTestClient({ closeTimeoutMs: 500, probeTimeoutMs: 20_000 });
    cleanups.push(() => client.close());
    const target = {
      url: server.url,
      transport: 'auto',
      era: undefined,
      secretHeaders: {},
    } as const;
    const connection = await client.mcpClient.connect(target, { signal: signal() });
    await connection.callTool({ name: COUNTING_TOOL, arguments: {} }, { signal: signal() });
    expect(JSON.stringify(server.requests)).not.toContain('progressToken');
  });
});

describe('the rate at which progress is told', () => {
  it('is a burst of 20, then ten a second', () => {
    const clock = new FakeClock();
    let told = 0;
    const take = readProgress(() => {
      told += 1;
    }, clock);
    for (let n = 0; n < 1_000; n += 1) take({ progress: n });
    expect(told).toBe(20);
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1_000);
      for (let n = 0; n < 1_000; n += 1) take({ progress: n });
    }
    expect(told).toBe(120);
  });
});
