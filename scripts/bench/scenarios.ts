import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/client';
import type { HttpOperation, Operation } from './load.ts';
import { hubServerName } from './mcp-hub.ts';
import type { UpstreamKind, UpstreamServers } from './upstream-servers.ts';

/** Whose CPU a scenario costs: the service's, that of a client that asks a server itself, or the other gateway's. */
export type Payer = 'service' | 'direct' | 'mcp-hub';

/** One thing that is measured. */
export interface Scenario {
  name: string;
  payer: Payer;
  operation: Operation;
}

/** What the scenarios are about. */
export interface BenchTargets {
  /** Base address of the service. */
  service: string;
  token: string;
  /** The namespaced name of a tool on a server of each kind. */
  tools: Readonly<Record<UpstreamKind, string>>;
  upstreams: UpstreamServers;
  /** Base address of the other gateway, where it runs. */
  hub: string | undefined;
  /** How many tools there are in all. */
  toolCount: number;
}

/** The tool as its server calls it. */
export const TOOL = 'search_records_7';
const ARGUMENTS = { query: 'anything', limit: 10 };
const RESULT_TEXT = 'A record of the table.';
const FORMATS = ['mcp', 'openai', 'openai-chat', 'anthropic', 'gemini'] as const;
const MCP_HEADERS = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};
const MODERN_META = {
  [PROTOCOL_VERSION_META_KEY]: '2026-07-28',
  [CLIENT_INFO_META_KEY]: { name: 'bench', version: '1.0.0' },
  [CLIENT_CAPABILITIES_META_KEY]: {},
};

/** All scenarios, in the order in which they run and are shown. */
export async function createScenarios(targets: BenchTargets): Promise<Scenario[]> {
  return [
    ...(await listScenarios(targets)),
    ...callScenarios(targets),
    ...endpointScenarios(targets),
    ...(await directScenarios(targets)),
    ...hubScenarios(targets),
  ];
}

function authorized({ token }: BenchTargets): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Each shape, fetched whole and as "not modified". */
async function listScenarios(targets: BenchTargets): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  for (const format of FORMATS) {
    const url = `${targets.service}/api/users/me/tools?format=${format}`;
    const headers = authorized(targets);
    const etag = (await fetch(url, { headers })).headers.get('etag') ?? '';
    const get = { kind: 'http', url, method: 'GET' } as const;
    const fresh: HttpOperation = { ...get, headers, status: 200, includes: 'search_records_0' };
    const known: HttpOperation = {
      ...get,
      headers: { ...headers, 'if-none-match': etag },
      status: 304,
    };
    scenarios.push({ name: `list ${format}`, payer: 'service', operation: fresh });
    scenarios.push({ name: `list ${format}, not modified`, payer: 'service', operation: known });
  }
  return scenarios;
}

function callScenarios(targets: BenchTargets): Scenario[] {
  const call = (name: string, kind: UpstreamKind): Scenario => ({
    name,
    payer: 'service',
    operation: {
      kind: 'http',
      url: `${targets.service}/api/users/me/tools/call`,
      method: 'POST',
      headers: { ...authorized(targets), 'content-type': 'application/json' },
      body: JSON.stringify({ name: targets.tools[kind], arguments: ARGUMENTS }),
      status: 200,
      includes: RESULT_TEXT,
    },
  });
  return [
    call('call', 'json'),
    call('call, server answers with events', 'events'),
    call('call, modern server', 'modern'),
  ];
}

/** Over our own MCP endpoint, in the wire form of each era. */
function endpointScenarios(targets: BenchTargets): Scenario[] {
  const url = `${targets.service}/mcp`;
  const headers = { ...authorized(targets), ...MCP_HEADERS };
  const params = { name: targets.tools.json, arguments: ARGUMENTS };
  const wire = { url, headers };
  return [
    {
      name: '/mcp tools/list, legacy',
      payer: 'service',
      operation: post(wire, legacy('tools/list', {}), TOOL),
    },
    {
      name: '/mcp tools/list, modern',
      payer: 'service',
      operation: post(...modern(wire, 'tools/list', {}), TOOL),
    },
    {
      name: '/mcp tools/call, legacy',
      payer: 'service',
      operation: post(wire, legacy('tools/call', params), RESULT_TEXT),
    },
    {
      name: '/mcp tools/call, modern',
      payer: 'service',
      operation: post(...modern(wire, 'tools/call', params), RESULT_TEXT),
    },
  ];
}

interface Wire {
  url: string;
  headers: Readonly<Record<string, string>>;
}

function legacy(method: string, params: object): object {
  return { jsonrpc: '2.0', id: 1, method, params };
}

function modern({ url, headers }: Wire, method: string, params: { name?: string }): [Wire, object] {
  const named = params.name === undefined ? {} : { 'mcp-name': params.name };
  return [
    {
      url,
      headers: {
        ...headers,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...named,
      },
    },
    { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: MODERN_META } },
  ];
}

function post({ url, headers }: Wire, message: object, includes: string): HttpOperation {
  const body = JSON.stringify(message);
  return { kind: 'http', url, method: 'POST', headers, body, status: 200, includes };
}

/** The same work without anybody in between: what undici alone takes, and what the SDK's client takes. */
async function directScenarios({ upstreams }: BenchTargets): Promise<Scenario[]> {
  const { url } = upstreams.of('json');
  const opened = await fetch(url, {
    method: 'POST',
    headers: MCP_HEADERS,
    body: JSON.stringify(
      legacy('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'bench', version: '1.0.0' },
      }),
    ),
  });
  const session = opened.headers.get('mcp-session-id') ?? '';
  const wire = { url, headers: { ...MCP_HEADERS, 'mcp-session-id': session } };
  const params = { name: TOOL, arguments: ARGUMENTS };
  const sdk = { kind: 'sdk', url, transport: 'streamable-http' } as const;
  const eventSdk = { ...sdk, url: upstreams.of('events').url };
  return [
    {
      name: 'direct call with undici',
      payer: 'direct',
      operation: post(wire, legacy('tools/call', params), RESULT_TEXT),
    },
    { name: 'direct call with the SDK', payer: 'direct', operation: { ...sdk, tool: TOOL } },
    {
      name: 'direct call with the SDK, server answers with events',
      payer: 'direct',
      operation: { ...eventSdk, tool: TOOL },
    },
    {
      name: 'direct list of one server with the SDK',
      payer: 'direct',
      operation: { ...sdk, tools: 1 },
    },
  ];
}

/** The other gateway, over its own API and as an MCP server. */
function hubScenarios({ hub, toolCount }: BenchTargets): Scenario[] {
  if (hub === undefined) return [];
  const body = { server_name: hubServerName(0), tool: TOOL, arguments: ARGUMENTS };
  const sdk = { kind: 'sdk', url: `${hub}/mcp`, transport: 'sse' } as const;
  return [
    {
      name: 'mcp-hub call over REST',
      payer: 'mcp-hub',
      operation: {
        kind: 'http',
        url: `${hub}/api/servers/tools`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        status: 200,
        includes: RESULT_TEXT,
      },
    },
    {
      name: 'mcp-hub call over MCP',
      payer: 'mcp-hub',
      operation: { ...sdk, tool: `${hubServerName(0)}__${TOOL}` },
    },
    {
      name: 'mcp-hub list over MCP',
      payer: 'mcp-hub',
      operation: { ...sdk, tools: toolCount },
    },
  ];
}
