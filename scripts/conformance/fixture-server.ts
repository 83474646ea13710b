import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { type CallToolResult, createMcpHandler, Server } from '@modelcontextprotocol/server';
import type { Part } from '../started-parts.ts';
import { ASKING_TOOLS } from './asking-fixtures.ts';
import { addOfferings, OFFERINGS } from './fixture-offerings.ts';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
const text = (value: string) => ({ type: 'text' as const, text: value });
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };
const resource = (uri: string, value: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType: 'text/plain', text: value },
});

/** The tools that the suite calls by name, as far as our endpoint carries what they answer. */
const TOOLS: Readonly<Record<string, CallToolResult>> = {
  test_simple_text: { content: [text('This is a simple text response for testing.')] },
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] },
  test_embedded_resource: {
    content: [resource('test://embedded-resource', 'This is an embedded resource content.')],
  },
  test_multiple_content_types: {
    content: [
      text('Multiple content types test:'),
      image,
      resource('test://mixed-content-resource', '{"test":"data","value":123}'),
    ],
  },
  test_error_handling: {
    content: [text('This tool intentionally returns an error for testing')],
    isError: true,
  },
  test_tool_with_progress: { content: [text('done')] },
};

const SCHEMA_2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

const LISTED = [
  ...[...Object.keys(TOOLS), ...Object.keys(ASKING_TOOLS)].map((name) => ({
    name,
    description: `The fixture ${name}.`,
    inputSchema: { type: 'object' as const },
  })),
  {
    name: 'json_schema_2020_12_tool',
    description: 'A schema of 2020-12.',
    inputSchema: SCHEMA_2020,
  },
];

function createFixture(): Server {
  const capabilities = { tools: {}, ...OFFERINGS };
  const server = new Server({ name: 'fixture', version: '1.0.0' }, { capabilities });
  addOfferings(server, PNG);
  server.setRequestHandler('tools/list', () => ({ tools: LISTED }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const { progressToken } = params._meta ?? {};
    if (params.name === 'test_tool_with_progress' && progressToken !== undefined) {
      for (const progress of [0, 50, 100]) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        });
      }
    }
    const asking = ASKING_TOOLS[params.name];
    if (asking !== undefined) {
      return asking({ responses: mcpReq.inputResponses, state: mcpReq.requestState<string>() });
    }
    return TOOLS[params.name] ?? { content: [] };
  });
  return server;
}

/** Starts the server behind our endpoint, on a free loopback port. */
export async function startFixtureServer(): Promise<Part & { url: string }> {
  const handle = toNodeHandler(createMcpHandler(createFixture));
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    void handle(
      { method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() },
      response,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
