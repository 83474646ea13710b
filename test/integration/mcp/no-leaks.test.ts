import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SdkMcpClient } from '../../../src/mcp/client/sdk-mcp-client.ts';
import { ConnectionValidator } from '../../../src/modules/connectors/connection-validator.ts';
import { createTestOutbound } from '../../support/mcp-servers/test-client.ts';
import {
  type Dialect,
  EXHIBITS,
  openWorkshop,
  startExhibit,
  type Workshop,
} from '../../support/workshop/index.ts';
import { ResourceWatch, usedHeap } from './support/resources.ts';
import { VERDICTS } from './support/verdicts.ts';
import { WorkshopClock } from './support/workshop-clock.ts';

/** Bytes a round of some five hundred tests may add to the heap. A connection that stays takes 50 KB or more. */
const HEAP_NOISE = 4_000_000;

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop.close());

const outbound = () => createTestOutbound(workshop.outbound);

function createValidator(way: ReturnType<typeof outbound>, clock: WorkshopClock) {
  const mcpClient = new SdkMcpClient({ outbound: way, clock });
  return new ConnectionValidator({ mcpClient, clock });
}

interface Visit {
  clock: WorkshopClock;
  validator: ConnectionValidator;
  signal: AbortSignal;
}

/**
 * Tests one server of the workshop and waits until its sockets are closed. Uses nothing of the test runner, which remembers more
 * with each assertion.
 * @returns what is wrong with the verdict
 */
async function visit(
  [name, dialect]: readonly [string, Dialect],
  { clock, validator, signal }: Visit,
): Promise<string[]> {
  const server = await startExhibit(workshop, name, dialect);
  server.onStall = clock.onStall;
  const transport = dialect === 'sse' ? 'sse' : 'auto';
  const target = { url: server.url, transport, secretHeaders: {} } as const;
  const { errorCode } = await validator.test(target, { signal });
  // Where sockets stay, the time limit of the test ends this.
  while (server.openSockets() > 0) await new Promise((resolve) => setImmediate(resolve));
  await server.close();
  const expected = VERDICTS.get(name)?.[dialect].code;
  return errorCode === expected ? [] : [`${name} (${dialect}): ${errorCode}`];
}

it('leaves nothing behind, however servers misbehave', { timeout: 300_000 }, async () => {
  const clock = new WorkshopClock();
  const way = outbound();
  const validator = createValidator(way, clock);
  const { signal } = new AbortController();
  const watch = new ResourceWatch(signal);
  const visitAll = async () => {
    const wrong: string[] = [];
    for (const exhibit of EXHIBITS) {
      wrong.push(...(await visit(exhibit, { clock, validator, signal })));
    }
    expect(wrong).toEqual([]);
    await expect.poll(() => clock.sleeping).toBe(0);
  };

  const before = watch.count();
  expect(before).toMatchObject({ timers: [], listeners: { signal: 0 } });
  await visitAll();
  await expect.poll(() => watch.count()).toEqual(before);
  const heap = await usedHeap();
  await visitAll();
  await expect.poll(() => watch.count()).toEqual(before);
  expect((await usedHeap()) - heap).toBeLessThan(HEAP_NOISE);

  watch.close();
  await way.close();
});

it('tells a hundred servers apart at once, and leaves nothing behind', {
  timeout: 120_000,
}, async () => {
  const way = outbound();
  const { signal } = new AbortController();
  // That all is gone in the end is found out by counting.
  setMaxListeners(0, signal);
  const watch = new ResourceWatch(signal);
  const before = watch.count();
  const step = EXHIBITS.length / 100;
  const hundred = Array.from({ length: 100 }, (_, n) => EXHIBITS[Math.floor(n * step)]);
  const wrong = await Promise.all(
    hundred.map(async (exhibit) => {
      if (exhibit === undefined) throw new Error('no exhibit');
      // Time passes for each of them alone.
      const clock = new WorkshopClock();
      return await visit(exhibit, { clock, validator: createValidator(way, clock), signal });
    }),
  );
  expect(wrong.flat()).toEqual([]);
  await expect.poll(() => watch.count()).toEqual(before);

  watch.close();
  await way.close();
});
