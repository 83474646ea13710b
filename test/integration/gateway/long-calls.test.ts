import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { connectLegacy, connectModern } from './support/mcp-clients.ts';
import { legacyRequest, modernRequest, post, type RawRequest } from './support/raw-endpoint.ts';

let service: TestService;
let server: ScriptedServer;
let token: string;
let url: string;

beforeAll(async () => {
  service = await startTestService();
  server = await ScriptedServer.start({ json: false });
  const alice = await service.clientFor('alice');
  (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
  token = await service.tokenFor('alice');
  url = `${service.url}/mcp`;
});

afterEach(() => {
  server.script = () => ({ content: [] });
  server.calls.length = 0;
  server.cancelled.length = 0;
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

const never = () => new Promise<never>(() => {});

const clients = [
  ['legacy', () => connectLegacy({ url, token }), legacyRequest],
  ['modern', () => connectModern({ url, token }), modernRequest],
] as const;

describe.each(clients)('a long call, %s', (_era, connect, rawRequest) => {
  it('tells the client how far it is, in order, before it ends', async () => {
    server.script = async (_input, tell) => {
      await tell({ progress: 1, total: 3, message: 'Reading' });
      await tell({ progress: 2, total: 3 });
      return { content: [{ type: 'text', text: 'done' }] };
    };
    const client = await connect();
    try {
      const seen: unknown[] = [];
      const onprogress = (progress: unknown) => void seen.push(progress);
      const call = { name: 'mine__echo', arguments: {} };
      const result =
        'getProtocolEra' in client
          ? await client.callTool(call, { onprogress })
          : await client.callTool(call, undefined, { onprogress });

      expect(result.content).toEqual([{ type: 'text', text: 'done' }]);
      expect(seen).toEqual([
        { progress: 1, total: 3, message: 'Reading' },
        { progress: 2, total: 3 },
      ]);
    } finally {
      await client.close();
    }
  });

  it('tells nothing where nobody asked', async () => {
    server.script = async (_input, tell) => {
      await tell({ progress: 1 });
      return { content: [] };
    };

    const answer = await post(url, { token, ...rawRequest('tools/call', { name: 'mine__echo' }) });

    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.message.result).toMatchObject({ content: [] });
  });

  it.each(['', 0, 'a token with "quotes"'])(
    'tells it under the token %j',
    async (progressToken) => {
      server.script = async (_input, tell) => {
        await tell({ progress: 1 });
        return { content: [] };
      };
      const raw = rawRequest('tools/call', { name: 'mine__echo', _meta: { progressToken } });

      const answer = await post(url, { token, ...raw });

      expect(answer.headers['content-type']).toBe('text/event-stream');
      const events = answer.text.split('\n').filter((line) => line.startsWith('data: '));
      expect(JSON.parse(events[0]?.slice(6) ?? '')).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken, progress: 1 },
      });
      expect(answer.message).toMatchObject({ id: 1, result: { content: [] } });
    },
  );

  it('is given up when the client gives up, and its server is told', async () => {
    server.script = never;
    const client = await connect();
    try {
      const giveUp = new AbortController();
      const options = { signal: giveUp.signal };
      const call = { name: 'mine__echo', arguments: {} };
      const calling =
        'getProtocolEra' in client
          ? client.callTool(call, options)
          : client.callTool(call, undefined, options);
      const ended = calling.then(
        () => 'answered',
        () => 'given up',
      );
      await expect.poll(() => server.calls.length).toBe(1);

      giveUp.abort();

      expect(await ended).toBe('given up');
      await expect.poll(() => server.cancelled).toEqual(['echo']);
    } finally {
      await client.close();
    }
  });

  it('is given up when the client hangs up', async () => {
    server.script = never;
    const hangUp = send(rawRequest('tools/call', { name: 'mine__echo' }));
    await expect.poll(() => server.calls.length).toBe(1);

    hangUp();

    await expect.poll(() => server.cancelled).toEqual(['echo']);
    const isLogged = (line: string) => line.includes('"route":"/mcp"') && line.includes('499');
    await expect.poll(() => service.logLines.some(isLogged)).toBe(true);
  });

  it('is given up when the client hangs up in the middle of a stream', async () => {
    server.script = async (_input, tell) => {
      await tell({ progress: 1 });
      return never();
    };
    const raw = rawRequest('tools/call', { name: 'mine__echo', _meta: { progressToken: 1 } });
    let received = '';
    const hangUp = send(raw, (text) => {
      received += text;
    });
    await expect.poll(() => received).toContain('notifications/progress');

    hangUp();

    await expect.poll(() => server.cancelled).toEqual(['echo']);
  });
});

describe('a call of a legacy client', () => {
  const cancel = (requestId: unknown, headers: Record<string, string>, other = token) =>
    post(url, {
      token: other,
      headers,
      body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } },
    });

  it('is given up by nobody else, and by no other id', async () => {
    let finish = () => {};
    server.script = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { content: [{ type: 'text', text: 'done' }] };
    };
    const headers = { 'mcp-session-id': 'client-a' };
    const call = legacyRequest('tools/call', { name: 'mine__echo' }, 7);
    const answering = post(url, { token, ...call, headers });
    await expect.poll(() => server.calls.length).toBe(1);

    const mallory = await service.tokenFor('mallory');
    const stranger = await service.tokenFor('alice', { tenant: 'another' });
    const answers = [
      await cancel(7, headers, mallory),
      await cancel(7, headers, stranger),
      await cancel(7, { 'mcp-session-id': 'client-b' }),
      await cancel(7, {}),
      await cancel('7', headers),
      await cancel(8, headers),
      await cancel(undefined, headers),
      await cancel({ id: 7 }, headers),
    ];

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    finish();
    expect((await answering).message.result).toMatchObject({ content: [{ text: 'done' }] });
    expect(server.cancelled).toEqual([]);
  });

  it('is given up by its own client', async () => {
    server.script = never;
    const headers = { 'mcp-session-id': 'client-a' };
    const call = legacyRequest('tools/call', { name: 'mine__echo' }, 7);
    const answering = post(url, { token, ...call, headers });
    await expect.poll(() => server.calls.length).toBe(1);

    await cancel(7, headers);

    expect((await answering).message).toMatchObject({ id: 7, error: { code: -32000 } });
    await expect.poll(() => server.cancelled).toEqual(['echo']);
  });
});

/** Sends a request, and gives back what hangs up. */
function send(raw: RawRequest, onText: (text: string) => void = () => {}): () => void {
  const sent = request(
    url,
    {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...raw.headers,
      },
    },
    (response) => {
      response.on('error', () => {});
      response.on('data', (part: Buffer) => onText(part.toString()));
    },
  );
  sent.on('error', () => {});
  sent.end(JSON.stringify(raw.body));
  return () => sent.destroy();
}
