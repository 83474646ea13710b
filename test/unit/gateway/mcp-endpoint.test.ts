import { describe, expect, it } from 'vitest';
import type { McpBackend } from '../../../src/mcp/server/mcp-backend.ts';
import { type McpAnswer, McpEndpoint } from '../../../src/mcp/server/mcp-endpoint.ts';
import { legacyRequest, modernRequest } from '../../integration/gateway/support/raw-endpoint.ts';

const IDENTITY = { name: 'test', version: '1', title: 'Test' };

function endpointOf(options: Partial<ConstructorParameters<typeof McpEndpoint>[0]> = {}) {
  const errors: unknown[] = [];
  const endpoint = new McpEndpoint({
    identity: IDENTITY,
    onError: (error) => errors.push(error),
    ...options,
  });
  const ask = (
    { body, headers = {} }: { body?: unknown; headers?: Readonly<Record<string, string>> },
    changes: Partial<McpBackend> = {},
  ) =>
    endpoint.handle({
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...headers,
      },
      body,
      owner: 'alice',
      user: 'alice',
      tokenExpiresAt: new Date(Date.now() + 60_000),
      signal: new AbortController().signal,
      backend: {
        listTools: async () => Buffer.from('[]'),
        callTool: async () => ({ content: [] }),
        offerings: {
          list: async () => ({ entries: [], nextCursor: undefined }),
          request: async () => ({}),
        },
        fingerprints: async () => ({}),
        watch: () => () => {},
        ...changes,
      },
    });
  return { ask, errors };
}

async function textOf({ body }: McpAnswer): Promise<string> {
  if (body === null || typeof body === 'string' || Buffer.isBuffer(body)) return String(body ?? '');
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of body) text += decoder.decode(part);
  return text;
}

const call = (_meta = {}) => legacyRequest('tools/call', { name: 'a__b', _meta });

describe('a failure of ours', () => {
  it.each([
    ['a direct list', legacyRequest('tools/list')],
    ['a list by the SDK', { ...legacyRequest('tools/list', { _meta: { a: 1 }, x: 1 }) }],
    ['a direct call', call()],
    ['a call by the SDK', legacyRequest('tools/call', { name: 'a__b', task: undefined, x: 1 })],
    ['a modern list', modernRequest('tools/list')],
  ])('is logged, and its text does not leave: %s', async (_what, request) => {
    const { ask, errors } = endpointOf();
    const failure = new Error('a secret');
    const fail = async () => {
      throw failure;
    };

    const text = await textOf(await ask(request, { listTools: fail, callTool: fail }));

    expect(text).toContain('-32603');
    expect(text).not.toContain('a secret');
    expect(errors).toEqual([failure]);
  });
});

describe('a call that takes long', () => {
  it('is answered with a stream after a while, so that nothing on the way gives it up', async () => {
    const { ask } = endpointOf({ streamAfterMs: 1, keepAliveMs: 1 });
    let finish = () => {};
    const callTool = () =>
      new Promise<{ content: [] }>((resolve) => {
        finish = () => resolve({ content: [] });
      });

    const answer = await ask(call(), { callTool });

    expect(answer.headers['content-type']).toBe('text/event-stream');
    const reading = textOf(answer);
    await new Promise((resolve) => setTimeout(resolve, 20));
    finish();
    const text = await reading;
    expect(text).toMatch(/^(: still running\n\n)+event: message\ndata: .*"content":\[\].*\n\n$/);
  });

  it('leaves out progress that its client does not read, and never the answer', async () => {
    const { ask } = endpointOf();
    const message = 'x'.repeat(1_000);
    const answer = await ask(call({ progressToken: 1 }), {
      callTool: async (_call, { onProgress }) => {
        for (let progress = 1; progress <= 10_000; progress += 1)
          onProgress?.({ progress, message });
        return { content: [{ type: 'text', text: 'done' }] };
      },
    });

    const text = await textOf(answer);

    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain('"progress":1,');
    expect(text).toMatch(/"text":"done"[^\n]*\n\n$/);
  });

  it('takes no progress after its end', async () => {
    const { ask } = endpointOf();
    let tell: (() => void) | undefined;
    const answer = await ask(call({ progressToken: 1 }), {
      callTool: async (_call, { onProgress }) => {
        tell = () => onProgress?.({ progress: 1 });
        return { content: [] };
      },
    });

    tell?.();

    expect(answer.headers['content-type']).toBe('application/json');
    expect(await textOf(answer)).not.toContain('progress');
  });
});

describe('the SDK never sees', () => {
  it('a list of a batch', async () => {
    const { ask } = endpointOf();
    const batch = Array.from({ length: 1_000 }, () => call().body);
    let calls = 0;
    const callTool = async () => {
      calls += 1;
      return { content: [] };
    };

    const answer = await ask({ body: batch }, { callTool });

    expect([answer.status, calls]).toEqual([400, 0]);
  });
});

describe('what is answered directly and what the SDK answers', () => {
  it.each([
    ['legacy', legacyRequest],
    ['modern', modernRequest],
  ] as const)('is the same, %s', async (_era, request) => {
    const { ask } = endpointOf();
    const tools = [{ name: 'a__b', inputSchema: { type: 'object' } }];
    const reply = { content: [{ type: 'text', text: 'x' }], structuredContent: { a: 1 } };
    const listTools = async () => Buffer.from(JSON.stringify(tools));
    const backend = { listTools, callTool: async () => reply };
    const parsed = async (answer: McpAnswer) => {
      const text = await textOf(answer);
      return JSON.parse(text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? ''));
    };

    for (const [method, params] of [
      ['tools/list', {}],
      ['tools/call', { name: 'a__b', arguments: { a: 1 } }],
    ] as const) {
      const direct = await parsed(await ask(request(method, params), backend));
      // An unknown parameter is allowed, and sends the request to the SDK.
      const bySdk = await parsed(await ask(request(method, { ...params, unknown: 1 }), backend));
      expect(direct).toEqual(bySdk);
    }
  });
});
