import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import {
  bearer,
  buildHttpApp,
  type HttpApp,
  type HttpAppOptions,
  signToken,
} from '../../support/http-app.ts';

let http: HttpApp;
afterEach(() => http.app.close());

async function start(options: HttpAppOptions = {}): Promise<void> {
  http = await buildHttpApp(options);
}
const lines = () => http.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
const requestLines = () => lines().filter(({ msg }) => msg === 'request');

test('each request has one line that says who asked what, and how it ended', async () => {
  await start();
  const headers = await bearer({ tenant: 'acme', act: { sub: 'planner' }, client_id: 'c1' });
  const response = await http.app.inject({ url: '/api/connectors?limit=5', headers });
  expect(requestLines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      service: 'mcp-connectors',
      request_id: response.headers['x-request-id'],
      method: 'GET',
      route: '/api/connectors',
      status: 200,
      duration_ms: expect.any(Number),
      tenant_id: 'acme',
      user_id: 'alice',
      actor: 'planner',
      client_id: 'c1',
      msg: 'request',
    },
  ]);
  await http.app.inject('/nothing');
  await http.app.inject('/healthz');
  expect(requestLines().map(({ route, status }) => [route, status])).toEqual([
    ['/api/connectors', 200],
    ['unmatched', 404],
    ['/healthz', 200],
  ]);
});

test('no secret of a request reaches the log, however it is sent and whatever happens', async () => {
  const secret = 'canary-5e1f';
  await start({
    handlers: {
      createConnector: async (request) => {
        // What a careless handler might log.
        request.log.info(
          { body: request.body, headers: request.headers },
          `creating ${String(request.headers.authorization)}`,
        );
        request.log.info({ req: request, res: { headers: {} } });
        request.log.info({
          credentials: { token: secret },
          nested: { list: [{ password: secret }] },
        });
        request.log.warn(
          `could not reach https://user:${secret}@mcp.example.com/${secret}?key=${secret}#${secret}`,
        );
        request.log.info('GET %s', `https://mcp.example.com/mcp?key=${secret}`);
        throw new AppError('CONNECTION_FAILED', {
          cause: new Error(`https://mcp.example.com/${secret}`),
        });
      },
      getConnector: async () => {
        throw Object.assign(
          new Error(`Bearer ${secret} refused`, { cause: new Error(`wss://a:${secret}@h/`) }),
          {
            config: { headers: { authorization: secret } },
            response: secret,
          },
        );
      },
    },
  });
  const token = await signToken();
  const headers = {
    authorization: `Bearer ${token}`,
    cookie: `session=${secret}`,
    'x-api-key': secret,
    'content-type': 'application/json',
  };
  const payload = JSON.stringify({
    name: 'a',
    server_url: `https://mcp.example.com/${secret}?key=${secret}`,
    auth_type: 'bearer',
    credentials: { token: secret },
  });
  await http.app.inject({ method: 'POST', url: '/api/connectors', headers, payload });
  await http.app.inject({
    method: 'POST',
    url: '/api/connectors',
    headers,
    payload: `{"token":"${secret}`,
  });
  await http.app.inject({
    method: 'POST',
    url: '/api/connectors',
    headers,
    payload: JSON.stringify({ [secret]: secret }),
  });
  await http.app.inject({ url: `/api/connectors/6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11`, headers });
  await http.app.inject({ url: `/api/connectors?token=${secret}`, headers });
  await http.app.inject({ url: `/${secret}?${secret}`, headers });
  await http.app.inject({ url: `/api/connectors/%E0%A4%A${secret}`, headers });
  await http.app.inject({ url: `/api/connectors/${secret.repeat(40)}`, headers });
  const log = http.logLines.join('');
  expect(lines().length).toBeGreaterThan(10);
  expect(log).not.toContain(secret);
  expect(log).not.toContain(token);
  // What helps stays: the origin, and where it happened.
  expect(log).toContain('https://mcp.example.com/[redacted]');
  expect(log).toContain('logging.test.ts');
});

test('what a server answered does not reach the log, and does not hold it up', async () => {
  const secret = 'canary-5e1f';
  const answer = `${secret} ${'a.'.repeat(500_000)}`;
  const cause = new McpFailure('INVALID_MCP_SERVER', { cause: new Error(answer) });
  await start({
    handlers: {
      callUserTool: async (request) => {
        request.log.warn({ err: new Error('o', { cause }) });
        request.log.warn(new SyntaxError(answer));
        throw new AppError('UPSTREAM_INVALID', { cause });
      },
    },
  });
  const response = await http.app.inject({
    method: 'POST',
    url: '/api/users/me/tools/call',
    headers: await bearer(),
    payload: { name: 'a__b' },
  });
  expect(response.statusCode).toBe(502);
  expect(lines().filter(({ err }) => err !== undefined)).toHaveLength(3);
  expect(http.logLines.join('')).not.toContain(secret);
});
