import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type CallToolResult,
  createMcpHandler,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  Server,
} from '@modelcontextprotocol/server';
import { type SeenRequest, startHttpEndpoint } from './http-endpoint.ts';

/** A server of the modern era whose tools ask their user before they go on. */
export interface AskingServer {
  url: string;
  requests: SeenRequest[];
  close(): Promise<void>;
}

type Answer = CallToolResult | InputRequiredResult;

/** What a tool got when it was called. */
interface Asked {
  args: { [key: string]: unknown };
  responses: { [key: string]: unknown } | undefined;
  /** Its own state, verified. */
  state: { [key: string]: unknown } | undefined;
}

const nameForm = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const, title: 'Na\u200bme' } },
  required: ['name'],
};
const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });
/** As a server could answer that does not mind the specification. */
const raw = (result: object) => ({ resultType: 'input_required', ...result }) as Answer;
const asking = (request: object) => raw({ inputRequests: { it: request } });
const elicit = (params: object) => asking({ method: 'elicitation/create', params });

const codec = createRequestStateCodec<{ [key: string]: unknown }>({ key: 'k'.repeat(32) });

/** The tools by name. */
const TOOLS: Readonly<Record<string, (asked: Asked) => Answer | Promise<Answer>>> = {
  // Two rounds, each with a state of its own that has to come back.
  greet: async ({ args, responses, state }) => {
    const answer = responses?.['who'] as
      | { action?: string; content?: { name?: string } }
      | undefined;
    if (answer === undefined) {
      const message = `For ${String(args['for'])}: who are\u200b you?`;
      const who = inputRequired.elicit({ message, requestedSchema: nameForm });
      const requestState = await codec.mint({ secret: 'of the server' });
      return inputRequired({ inputRequests: { who }, requestState });
    }
    if (answer.action !== 'accept') return text(`You said ${String(answer.action)}.`);
    return text(`Hello ${answer.content?.name}, ${String(state?.['secret'])}.`);
  },
  visit: ({ responses }) => {
    if (responses !== undefined) return text('visited');
    const url = 'https://example.com/consent?for=you';
    return inputRequired({
      inputRequests: { it: inputRequired.elicitUrl({ message: 'Please agree.', url }) },
    });
  },
  later: async ({ state }) => {
    const rounds = Number(state?.['rounds'] ?? 0);
    if (rounds === 2) return text('at last');
    return inputRequired({ requestState: await codec.mint({ rounds: rounds + 1 }) });
  },
  huge: () => raw({ requestState: 'x'.repeat(33 * 1024) }),
  nothing: () => raw({}),
  'visit-http': () => elicit({ mode: 'url', message: '', url: 'http://example.com/' }),
  'visit-script': () => elicit({ mode: 'url', message: '', url: 'javascript:alert(1)' }),
  'visit-named': () => elicit({ mode: 'url', message: '', url: 'https://bank@example.com/' }),
  nested: () =>
    elicit({
      message: 'x',
      requestedSchema: { type: 'object', properties: { a: { type: 'object' } } },
    }),
  sample: () =>
    asking({ method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } }),
};

/** Starts the server. It answers what its tools say, whatever the client has announced. */
export async function startAskingServer(): Promise<AskingServer> {
  const handler = createMcpHandler(
    () => {
      const server = new Server(
        { name: 'asking', version: '1.0.0' },
        { capabilities: { tools: {} }, requestState: { verify: codec.verify } },
      );
      server.setRequestHandler('tools/list', () => ({
        tools: Object.keys(TOOLS).map((name) => ({
          name,
          inputSchema: { type: 'object' as const },
        })),
      }));
      server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
        const tool = TOOLS[params.name];
        if (tool === undefined) throw new Error('no such tool');
        return tool({
          args: params.arguments ?? {},
          responses: mcpReq.inputResponses,
          state: mcpReq.requestState<{ [key: string]: unknown }>(),
        });
      });
      return server;
    },
    { legacy: 'reject' },
  );
  const node = toNodeHandler(handler);
  const endpoint = await startHttpEndpoint((request, response, seen) => {
    const { method = 'GET', url = '/', headers } = request;
    const message = {
      method,
      url,
      headers,
      [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
    };
    return node(message, response, seen.body === '' ? undefined : JSON.parse(seen.body));
  });
  return {
    url: `${endpoint.origin}/mcp`,
    requests: endpoint.requests,
    close: () => endpoint.close(),
  };
}
