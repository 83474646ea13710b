import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { lastEvent } from './support/event-text.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());
afterEach(() => server.stop());

// An official server sends them, so what arrives is what its SDK makes of them.
const data = randomBytes(100_000).toString('base64');
const annotations = { audience: ['user' as const], priority: 1 };
const content = [
  { type: 'text' as const, text: '', annotations },
  { type: 'image' as const, data, mimeType: 'image/png' },
  { type: 'audio' as const, data, mimeType: 'audio/wav', _meta: { 'example.com/length': 1.5 } },
  { type: 'resource_link' as const, uri: 'https://example.com/x', name: 'x', mimeType: 'a/b' },
  { type: 'resource' as const, resource: { uri: 'file:///a', text: 'ä', mimeType: 'text/plain' } },
  { type: 'resource' as const, resource: { uri: 'file:///b', blob: data } },
];
const meta = { 'example.com/widget': { html: '<b>x</b>' }, plain: [1] };
// Of the connection between the server and us; nothing for who gets the result.
const ofProtocol = {
  progressToken: 1,
  'io.modelcontextprotocol/related-task': { taskId: 'x' },
  'mcp/x': 1,
};
const structuredContent = { list: [1, null, { deep: true }], 'key with ünicode': 'x' };

describe.each([
  ['in JSON', true],
  ['as an event stream', false],
])('a result of every kind of content that the server sends %s', (_how, json) => {
  it('arrives unchanged, in one answer and in an event', async () => {
    alice = await service.clientFor();
    server = await ScriptedServer.start({ json });
    server.script = () => ({ content, structuredContent, _meta: { ...meta, ...ofProtocol } });
    (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
    const call = { name: 'mine__echo', arguments: {} };

    const plain = (await alice.callTool(call)).ok();
    const headers = { accept: 'text/event-stream' };
    const event = lastEvent((await alice.callTool(call, { headers })).text);

    for (const result of [plain, event.data]) {
      expect(result).toMatchObject({ structured_content: structuredContent, is_error: false });
      expect('content' in result && result.content).toEqual(content);
      expect('meta' in result && result.meta).toEqual(meta);
    }
  });
});
