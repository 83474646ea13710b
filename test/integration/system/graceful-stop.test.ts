import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDevelopmentToken } from '../../../scripts/development-token.ts';
import type { ToolCallResult } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { type Gate, ScriptedServer } from '../api/support/scripted-server.ts';
import { makeDataFolder } from './support/data-folder.ts';
import { type Program, processesWith, until, untilNoneIsLeft } from './support/program.ts';
import { addressOf, clientOf, makeSettings, startServer } from './support/real-service.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// The real process with its embedded database, as `npm start` runs it outside of production.
const settings = makeSettings();
const CLEAN = { code: 0, signal: null };

let folder: ReturnType<typeof makeDataFolder>;
let upstream: ScriptedServer;
const programs: Program[] = [];

beforeEach(async () => {
  folder = makeDataFolder();
  upstream = await ScriptedServer.start();
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.destroy();
  await untilNoneIsLeft(folder.path);
  await upstream.stop();
  folder.remove();
});

function start(env: Record<string, string> = {}): Program {
  const program = startServer({ ...settings, DATA_DIR: folder.path, ...env });
  programs.push(program);
  return program;
}

interface CallInFlight {
  server: Program;
  url: string;
  alice: ApiClient;
  gate: Gate;
  call: Promise<ApiAnswer<ToolCallResult>>;
}

/** A service with a session and a call in flight that waits for the gate. */
async function startWithCall(env: Record<string, string> = {}): Promise<CallInFlight> {
  const server = start(env);
  const url = await addressOf(server);
  const alice = await clientOf(url, settings.JWT_SECRET);
  (await alice.createConnector({ name: 'Slow', server_url: upstream.url })).ok(201);
  const gate = upstream.gate('tools/call');
  const call = alice.callTool({ name: 'slow__echo', arguments: { message: 'late' } });
  call.catch(() => {}); // where the test fails earlier
  await gate.arrived();
  return { server, url, alice, gate, call };
}

/** Waits until the service takes no new work: it is not ready, or does not listen any more. */
async function untilItTakesNoWork(url: string): Promise<void> {
  await until('the service takes no new work', async () => {
    const answer = await fetch(`${url}/readyz`, { headers: { connection: 'close' } }).catch(
      () => undefined,
    );
    return answer === undefined || answer.status === 503;
  });
}

describe('a service that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes what is in flight, closes its sessions and leaves nothing behind: %s',
    async (signal) => {
      const { server, url, gate, call } = await startWithCall();
      expect(processesWith(folder.path).length).toBeGreaterThan(0);
      expect(upstream.openSessions).toBe(1);

      server.kill(signal);
      await untilItTakesNoWork(url);
      expect(server.isRunning).toBe(true);
      gate.open();

      const result = (await call).ok();
      expect(result.content).toEqual([{ type: 'text', text: '{"message":"late"}' }]);
      expect(await server.ended(), server.output).toEqual(CLEAN);
      expect(upstream.openSessions).toBe(0);
      expect(upstream.requests.map(({ method }) => method)).toContain('DELETE');
      expect(processesWith(folder.path)).toEqual([]);
    },
  );

  it('does not wait for a client that keeps its connection open after its answer', async () => {
    const { server, url, gate, call } = await startWithCall();
    const agent = new http.Agent({ keepAlive: true });
    const token = await createDevelopmentToken({ secret: settings.JWT_SECRET, user: 'alice' });
    const kept = new Promise<number | undefined>((resolve, reject) => {
      const request = http.request(`${url}/api/users/me/tools/call`, {
        method: 'POST',
        agent,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      request.on('error', reject).on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      request.end(JSON.stringify({ name: 'slow__echo', arguments: {} }));
    });
    await gate.arrived(2);
    server.kill('SIGTERM');
    await untilItTakesNoWork(url);
    const openedAt = performance.now();
    gate.open();

    (await call).ok();
    expect(await kept).toBe(200);
    expect(await server.ended()).toEqual(CLEAN);
    // Connections are kept for 65 s while the service runs.
    expect(performance.now() - openedAt).toBeLessThan(40_000);
    agent.destroy();
  });

  it('tells on the admin port that it is stopping, as long as something is in flight', async () => {
    const { server, gate, call } = await startWithCall({ ADMIN_PORT: '0' });
    const [, adminUrl = ''] = await server.written(/"admin_url":"(http:[^"]+)"/);
    expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);

    server.kill('SIGTERM');
    await until('the admin port tells it', async () => {
      return (await fetch(`${adminUrl}/readyz`)).status === 503;
    });
    expect(await (await fetch(`${adminUrl}/readyz`)).text()).toContain('stopping');
    expect((await fetch(`${adminUrl}/healthz`)).status).toBe(200);
    gate.open();

    (await call).ok();
    expect(await server.ended()).toEqual(CLEAN);
  });

  it('takes the two signals of one Ctrl-C for one', async () => {
    const { server, url, gate, call } = await startWithCall();

    server.killGroup('SIGINT');
    server.kill('SIGTERM');
    await untilItTakesNoWork(url);
    gate.open();

    (await call).ok();
    expect(await server.ended(), server.output).toEqual(CLEAN);
  });

  it('ends at once on a later second signal, and still leaves nothing behind', async () => {
    const { server, url, call } = await startWithCall();

    server.kill('SIGTERM');
    await untilItTakesNoWork(url);
    await until('the impatient signal ends it', () => {
      server.kill('SIGTERM');
      return !server.isRunning;
    });

    await expect(call).rejects.toThrow();
    expect(await server.ended()).toEqual({ code: 1, signal: null });
    await untilNoneIsLeft(folder.path);
  });

  it('stops on Ctrl-C in the terminal, which reaches the whole process group', async () => {
    const server = start();
    await addressOf(server);

    server.killGroup('SIGINT');

    expect(await server.ended(), server.output).toEqual(CLEAN);
    expect(processesWith(folder.path)).toEqual([]);
    // The database was shut down, not cut off.
    expect(server.output).not.toContain('ended unexpectedly');
  });
});

describe('a service that is killed', () => {
  it('takes its database with it, and finds its data again', async () => {
    const { server, alice, call } = await startWithCall();
    const before = (await alice.listConnectors()).ok();
    expect(before.items).toHaveLength(1);

    server.kill('SIGKILL');
    await expect(call).rejects.toThrow();
    expect(await server.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    await untilNoneIsLeft(folder.path);

    upstream.gate('tools/call').open();
    const again = start();
    const client = await clientOf(await addressOf(again), settings.JWT_SECRET);
    expect((await client.listConnectors()).ok()).toEqual(before);
    again.kill('SIGTERM');
    expect(await again.ended()).toEqual(CLEAN);
  });

  it('can be started again at once, while its database is still ending', async () => {
    const first = start();
    await addressOf(first);
    first.kill('SIGKILL');
    const second = start();

    const client = await clientOf(await addressOf(second), settings.JWT_SECRET);
    (await client.listConnectors()).ok();
  });

  it('while it is starting leaves nothing behind either', async () => {
    const server = start();
    await until('its database is starting', () => processesWith(folder.path).length > 0);
    server.kill('SIGKILL');
    await untilNoneIsLeft(folder.path);

    await addressOf(start());
  });
});
