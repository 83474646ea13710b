import type {
  CallToolResult,
  InputRequiredResult,
  ListToolsResult,
} from '@modelcontextprotocol/server';
import { CLIENT_CAPABILITIES_META_KEY, ProtocolError, Server } from '@modelcontextprotocol/server';
import type { McpEra } from '../client/mcp-client.ts';
import { askingOf } from './direct-request.ts';
import { type McpBackend, RpcError } from './mcp-backend.ts';
import { OFFERING_LISTS, offeringCapabilities, registerOfferings } from './offering-handlers.ts';
import {
  inputRequiredResult,
  LIST_TTL_MS,
  RPC_CODES,
  type ServerIdentity,
  toRpcError,
} from './rpc-messages.ts';

/** What a {@link createSdkServer} needs. */
export interface SdkServerOptions {
  backend: McpBackend;
  identity: ServerIdentity;
  /** Changes can only be told in the modern era: the legacy era needs a session for it. */
  era: McpEra;
  /** Told of errors that nobody expected, for the log. */
  onError: (error: unknown) => void;
}

const INSTRUCTIONS =
  'Tools and prompts of the servers that the user has connected, each named <connector>__<tool>, and their resources, whose URIs begin ' +
  'with <connector>+. What cannot be used at the moment answers with an error that says what the user can do.';

const PRIVATE = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const;

/** The server of one request, for everything that is not answered directly: handshakes, discovery, and whatever is not plain. */
export function createSdkServer({ backend, identity, era, onError }: SdkServerOptions): Server {
  const server = new Server(identity, {
    capabilities: {
      tools: era === 'modern' ? { listChanged: true } : {},
      ...offeringCapabilities(era === 'modern'),
    },
    instructions: INSTRUCTIONS,
    cacheHints: {
      'tools/list': PRIVATE,
      'server/discover': PRIVATE,
      ...Object.fromEntries(OFFERING_LISTS.map((method) => [method, PRIVATE])),
    },
  });
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw toProtocolError(error, onError);
    }
  };
  server.setRequestHandler('tools/list', ({ params }) =>
    guarded(async () => {
      // There is one page, so no cursor was ever given out.
      if (params?.cursor !== undefined)
        throw new RpcError(RPC_CODES.invalidParams, 'Unknown cursor.');
      return { tools: toolsOf(await backend.listTools()) };
    }),
  );
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    guarded(async (): Promise<CallToolResult | InputRequiredResult> => {
      const { name, arguments: args = {} } = params;
      const { signal, envelope, inputResponses: responses } = mcpReq;
      const state = mcpReq.requestState<string>();
      const input =
        responses === undefined && state === undefined ? undefined : { responses, state };
      const meta: { [key: string]: unknown } | undefined = envelope;
      const asking = meta && askingOf(meta[CLIENT_CAPABILITIES_META_KEY]);
      const reply = await backend.callTool({ name, arguments: args, input }, { signal, asking });
      if ('requestState' in reply) return inputRequiredResult(reply) as InputRequiredResult;
      // The SDK checks every result against the era's schema before it leaves.
      return reply as CallToolResult;
    }),
  );
  registerOfferings(server, backend.offerings, guarded);
  return server;
}

function toolsOf(json: Buffer): ListToolsResult['tools'] {
  // Our own serialization of tools that discovery has checked.
  return JSON.parse(json.toString()) as ListToolsResult['tools'];
}

function toProtocolError(error: unknown, onError: (error: unknown) => void): ProtocolError {
  const { code, message, data } = toRpcError(error, onError);
  return new ProtocolError(code, message, data);
}
