import supertest from 'supertest';
import { afterEach, describe, expect, test } from 'vitest';
import { contractDocument } from '../../../src/contract/generated-document.ts';
import { buildAdminServer } from '../../../src/http/admin-server.ts';
import { createMetricsRegistry } from '../../../src/http/plugins/metrics.ts';
import { createProblemRenderer } from '../../../src/http/problem.ts';
import type { CheckState, ReadinessCheck } from '../../../src/http/readiness.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import { bearer, buildHttpApp, type HttpApp, type HttpAppOptions } from '../../support/http-app.ts';

let http: HttpApp;
afterEach(() => http.app.close());

async function start(options: HttpAppOptions = {}): Promise<void> {
  http = await buildHttpApp(options);
}
/** Node 20 has no Promise.withResolvers. */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
const get = (url: string) => http.app.inject({ url });

const sound: ReadinessCheck = { name: 'database', check: async () => ({ ok: true }) };
const drift: ReadinessCheck = {
  name: 'schema',
  blocks: true,
  check: async () => ({ ok: false, reason: 'The database lacks the migration 0002.' }),
};

describe('health', () => {
  test('the process answers, ready or not', async () => {
    await start({ checks: [drift] });
    await http.app.ready();
    await supertest(http.app.server).get('/healthz').expect(200, { status: 'ok' });
  });

  test('ready, with each check', async () => {
    await start({ checks: [sound] });
    await http.app.ready();
    await supertest(http.app.server)
      .get('/readyz')
      .expect('content-type', /application\/json/)
      .expect('cache-control', 'no-store')
      .expect(200, { status: 'ready', checks: [{ name: 'database', ok: true }] });
  });

  test('not ready, with the reason', async () => {
    const throwing: ReadinessCheck = {
      name: 'keys',
      check: async () => {
        throw new Error('hunter2');
      },
    };
    await start({ checks: [sound, drift, throwing] });
    const response = await get('/readyz');
    expect([response.statusCode, response.json().code]).toEqual([503, 'NOT_READY']);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.json().checks).toEqual([
      { name: 'database', ok: true },
      { name: 'schema', ok: false, reason: 'The database lacks the migration 0002.' },
      { name: 'keys', ok: false, reason: 'The check failed.' },
    ]);
    expect(response.body).not.toContain('hunter2');
  });

  test('not ready any more while the service stops', async () => {
    await start({ checks: [sound] });
    http.readiness.stop();
    const response = await get('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json().checks).toEqual([
      { name: 'shutdown', ok: false, reason: 'The service is stopping.' },
    ]);
    expect((await get('/healthz')).statusCode).toBe(200);
  });
});

describe('operations of the contract', () => {
  test('are refused while a blocking check fails, with a declared answer', async () => {
    let state: CheckState = { ok: false, reason: 'The database lacks the migration 0002.' };
    await start({ checks: [{ ...drift, check: async () => state }, sound] });
    const url = '/api/connectors';
    const headers = await bearer();
    const response = await http.app.inject({ url, headers });
    const { statusCode: status, body } = response;
    new ContractJudge().judge({ method: 'GET', url, status, headers: response.headers, body });
    expect([status, response.json().code]).toEqual([503, 'NOT_READY']);
    expect(response.json().detail).toContain('schema');

    state = { ok: true };
    await expect
      .poll(async () => (await http.app.inject({ url, headers })).statusCode, { timeout: 5_000 })
      .toBe(200);
  });

  test('go on while a check fails that a retry can repair', async () => {
    await start({ checks: [{ ...drift, blocks: false }] });
    const response = await http.app.inject({ url: '/api/connectors', headers: await bearer() });
    expect(response.statusCode).toBe(200);
  });

  test('in flight finish when the service stops, and later ones are refused', async () => {
    const { promise: inFlight, resolve: arrived } = deferred();
    const { promise: released, resolve: release } = deferred();
    const late: Response[] = [];
    let call = async (): Promise<Response> => fetch('http://unset.invalid');
    await start({
      handlers: {
        listConnectors: async () => {
          arrived();
          await released;
          return { items: [], next_cursor: null };
        },
      },
      extend: (app) => {
        // The service has begun to stop, and its port is still open.
        app.addHook('preClose', async () => {
          late.push(await call());
        });
      },
    });
    const url = new URL('/api/connectors', await http.listen());
    const headers = await bearer();
    call = () => fetch(url, { headers });
    const first = call();
    await inFlight;
    const closing = http.app.close();
    await expect.poll(() => late.length).toBe(1);
    expect(late[0]?.status).toBe(503);
    expect(late[0]?.headers.get('connection')).toBe('close');
    expect(await late[0]?.json()).toMatchObject({ code: 'NOT_READY' });
    release();
    expect((await first).status).toBe(200);
    await closing;
    await expect(call()).rejects.toThrow();
  });
});

describe('metrics', () => {
  test('of the process, and of requests by the pattern of their route', async () => {
    await start();
    const headers = await bearer();
    for (const id of [
      '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
      '7f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
    ]) {
      await http.app.inject({ url: `/api/connectors/${id}`, headers });
    }
    await get('/nothing/hunter2');
    const response = await get('/metrics');
    expect(response.headers['content-type']).toContain('text/plain');
    expect(response.body).toContain('process_cpu_seconds_total');
    expect(response.body).toContain(
      'http_server_request_duration_seconds_count{method="GET",route="/api/connectors/:connector_id",status="200"} 2',
    );
    expect(response.body).toContain('route="unmatched",status="404"} 1');
    expect(response.body).not.toContain('hunter2');
  });
});

describe('an admin port', () => {
  test('takes metrics and details from the main one', async () => {
    await start({ checks: [drift], adminPort: true });
    expect((await get('/metrics')).statusCode).toBe(404);
    const response = await get('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json()).not.toHaveProperty('checks');
    expect(response.body).not.toContain('migration');

    const admin = await buildAdminServer({
      logger: http.logger,
      render: createProblemRenderer(undefined),
      readiness: http.readiness,
      registry: createMetricsRegistry(),
    });
    expect((await admin.inject('/metrics')).body).toContain('process_cpu_seconds_total');
    expect((await admin.inject('/readyz')).json().checks).toHaveLength(1);
    expect((await admin.inject('/healthz')).statusCode).toBe(200);
    const unknown = await admin.inject('/api/connectors');
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'NOT_FOUND']);
    await admin.close();
  });
});

describe('the documentation', () => {
  test('/openapi.json is the contract', async () => {
    await start();
    const response = await get('/openapi.json');
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.json()).toEqual(contractDocument);
    expect((await get('/docs/json')).json()).toEqual(contractDocument);
  });

  test('/docs works under its own policy', async () => {
    await start();
    const page = await get('/docs');
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure|https:/);

    // Everything the page loads comes from the service, and nothing stands in the page itself.
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(loaded.length).toBeGreaterThanOrEqual(5);
    for (const url of loaded) {
      expect(url).toMatch(/^\/docs\/static\//);
      const file = await get(url);
      expect(file.statusCode, url).toBe(200);
      expect(file.headers['content-security-policy'], url).toBe(policy);
    }
    for (const [, script = ''] of page.body.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) {
      expect(script.trim()).toBe('');
    }
    expect(page.body).not.toMatch(/<style|\son\w+=|javascript:/i);
    // The page builds no code from text, which the policy would stop.
    const initializer = (await get('/docs/static/swagger-initializer.js')).body;
    expect(initializer).not.toMatch(/\beval\(|new Function/);
  });

  test('files outside of the documentation are not served', async () => {
    await start();
    for (const url of [
      '/docs/static/../../package.json',
      '/docs/static/..%2f..%2fpackage.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
      '/docs/static/....//package.json',
    ]) {
      const response = await get(url);
      expect(response.statusCode, url).toBeGreaterThanOrEqual(400);
      expect(response.body).not.toContain('fastify');
    }
  });
});
