import { beforeEach, describe, expect, it } from 'vitest';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import type {
  ConnectorHealthService,
  ServerDiscovery,
} from '../../../src/modules/connectors/index.ts';
import type { ToolChangeSign } from '../../../src/modules/sessions/session-service.ts';
import { ToolRefreshService } from '../../../src/modules/sessions/tool-refresh-service.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';

const alice = { tenantId: 't', userId: 'alice' };
const MINUTE = 60_000;

let clock: FakeClock;
let looks: string[];
let failures: unknown[];
let look: (connectorId: string) => Promise<void>;
let service: ToolRefreshService;

beforeEach(() => {
  clock = new FakeClock();
  looks = [];
  failures = [];
  look = async () => undefined;
  service = new ToolRefreshService({
    connectors: {
      refreshTools: async (identity, connectorId) => {
        looks.push(`${identity.userId} ${connectorId}`);
        await look(connectorId);
      },
    },
    sessions: { runIfOpen: async () => undefined },
    clock,
    onFailure: (error) => failures.push(error),
  });
});

async function notice(sign: ToolChangeSign, connectorId = 'c1', identity = alice): Promise<void> {
  service.notice(identity, connectorId, sign);
  await settled();
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await settled();
}

describe('a server that says its tools changed', () => {
  it('is looked at at once', async () => {
    await notice('announced');
    expect(looks).toEqual(['alice c1']);
  });

  it('and says it without end costs one look in half a minute', async () => {
    for (let n = 0; n < 10_000; n += 1) await notice('announced');
    expect(looks).toHaveLength(1);
    for (let seconds = 0; seconds < 300; seconds += 1) {
      await pass(1_000);
      for (let n = 0; n < 10; n += 1) service.notice(alice, 'c1', 'announced');
      await settled();
    }
    expect(looks).toHaveLength(11);
  });

  it('during a look is looked at once more, later: what it said may be newer than what was seen', async () => {
    const gate = new Gate();
    look = () => gate.promise;
    await notice('announced');
    for (let n = 0; n < 100; n += 1) await notice('announced');
    gate.open();
    await settled();
    expect(looks).toHaveLength(1);
    await pass(30_000);
    expect(looks).toHaveLength(2);
    await pass(10 * MINUTE);
    expect(looks).toHaveLength(2);
  });

  it('half a minute later is looked at at once again', async () => {
    await notice('announced');
    await pass(30_000);
    await notice('announced');
    expect(looks).toHaveLength(2);
  });

  it('of a project is looked at once for all members, over the session of the one who told last', async () => {
    const inAtlas = (userId: string) => ({ ...alice, userId, projectId: 'atlas' });
    await notice('announced', 'c1', inAtlas('alice'));
    await notice('announced', 'c1', inAtlas('bob'));
    await notice('announced', 'c1', inAtlas('carol'));
    expect(looks).toEqual(['alice c1']);
    await pass(30_000);
    expect(looks).toEqual(['alice c1', 'carol c1']);
  });

  it('costs others nothing', async () => {
    look = (connectorId) => (connectorId === 'c1' ? new Promise(() => {}) : Promise.resolve());
    await notice('announced');
    await notice('announced', 'c2');
    await notice('announced', 'c1', { ...alice, userId: 'bob' });
    expect(looks).toEqual(['alice c1', 'alice c2', 'bob c1']);
  });
});

describe('a server that was restarted', () => {
  it('is looked at at once', async () => {
    await notice('used');
    await notice('restarted');
    expect(looks).toEqual(['alice c1']);
  });

  it('again and again is looked at every half minute at most', async () => {
    for (let n = 0; n < 100; n += 1) await notice('restarted');
    expect(looks).toHaveLength(1);
  });
});

describe('a server that says nothing', () => {
  it('is looked at after ten minutes of use, and not before', async () => {
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await notice('used');
      await pass(MINUTE);
    }
    expect(looks).toEqual([]);
    await notice('used');
    expect(looks).toHaveLength(1);
    for (let minutes = 0; minutes < 20; minutes += 1) {
      await pass(MINUTE);
      await notice('used');
    }
    expect(looks).toHaveLength(3);
  });

  it('is left alone while nobody uses it', async () => {
    await notice('used');
    await pass(1_000 * MINUTE);
    expect(looks).toEqual([]);
  });
});

describe('a look that fails', () => {
  it('is told, and the next one comes all the same', async () => {
    look = () => Promise.reject(new McpFailure('CONNECTION_FAILED'));
    await notice('announced');
    expect(failures).toEqual([expect.objectContaining({ code: 'CONNECTION_FAILED' })]);
    look = async () => undefined;
    await pass(30_000);
    await notice('announced');
    expect(looks).toHaveLength(2);
    expect(failures).toHaveLength(1);
  });
});

describe('the look', () => {
  it('asks over the session of the record that is stored now', async () => {
    const asked: unknown[] = [];
    const found: (ServerDiscovery | undefined)[] = [];
    const discovery: ServerDiscovery = { tools: [], offerings: { prompt: [] } };
    const refreshTools: ConnectorHealthService['refreshTools'] = async (_who, _id, discover) => {
      const record = { id: 'c1', credentialGeneration: 7 } as Parameters<typeof discover>[0];
      found.push(await discover(record));
    };
    const asking = new ToolRefreshService({
      connectors: { refreshTools },
      sessions: {
        runIfOpen: async (identity, owner) => {
          asked.push([identity.userId, owner]);
          // What the session's lists would have given.
          return discovery as never;
        },
      },
      clock,
      onFailure: (error) => failures.push(error),
    });
    asking.notice(alice, 'c1', 'announced');
    await settled();
    expect(asked).toEqual([['alice', { connectorId: 'c1', credentialGeneration: 7 }]]);
    expect(found).toEqual([discovery]);
    expect(failures).toEqual([]);
  });
});

describe('closing', () => {
  it('waits for looks under way, drops those that are planned, and takes no more signs', async () => {
    const gate = new Gate();
    look = () => gate.promise;
    await notice('announced', 'under way');
    await notice('announced', 'planned');
    gate.open();
    await settled();
    await notice('announced', 'planned');
    const closing = service.close();
    await notice('announced', 'too late');
    await closing;
    await pass(MINUTE);
    expect(looks).toEqual(['alice under way', 'alice planned']);
    expect(clock.sleeping).toBe(0);
  });
});
