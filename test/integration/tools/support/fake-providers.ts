import type { ServerResponse } from 'node:http';
import {
  type HttpEndpoint,
  type SeenRequest,
  startHttpEndpoint,
} from '../../../support/mcp-servers/http-endpoint.ts';
import { brokenRules, type CheckedProvider } from './provider-rule-checker.ts';

type Json = { [key: string]: unknown };

/** A tool as a provider reads it. */
interface SentTool {
  name: string;
  description: unknown;
  schema: unknown;
}

/** What a provider makes of a request: the tools, and the one that is forced. */
interface SentRequest {
  provider: CheckedProvider;
  tools: SentTool[];
  forced: string | undefined;
  /** The answer of a tool was sent along, as text. */
  result: string | undefined;
  body: Json;
}

/** Where the parts of a request stand, and what an answer looks like. */
interface Wire {
  read(body: Json): SentRequest;
  /** The model calls a tool. */
  call(name: string, args: Json): Json;
  /** The model answers. */
  say(text: string): Json;
}

/** The wire formats of the providers by path. */
const WIRES: Record<string, Wire> = {
  '/responses': {
    read: (body) => ({
      provider: 'openai',
      tools: list(body['tools']).map((tool) => ({
        name: String(tool['name']),
        description: tool['description'],
        schema: tool['strict'] === false ? tool['parameters'] : 'strict',
      })),
      forced: forcedName(body['tool_choice'], 'function'),
      result: lastText(list(body['input']), 'output'),
      body,
    }),
    call: (name, args) => ({
      object: 'response',
      output: [
        { type: 'function_call', id: 'f1', call_id: 'c1', name, arguments: JSON.stringify(args) },
      ],
    }),
    say: (text) => ({
      object: 'response',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
    }),
  },
  '/chat/completions': {
    read: (body) => ({
      provider: 'openai',
      tools: list(body['tools']).map((tool) => ({
        name: String(object(tool['function'])['name']),
        description: object(tool['function'])['description'],
        schema: object(tool['function'])['parameters'],
      })),
      forced: forcedName(object(body['tool_choice'])['function'], undefined),
      result: lastText(
        list(body['messages']).filter(({ role }) => role === 'tool'),
        'content',
      ),
      body,
    }),
    call: (name, args) => {
      const call = { name, arguments: JSON.stringify(args) };
      const tool_calls = [{ id: 'c1', type: 'function', function: call }];
      return { choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls } }] };
    },
    say: (content) => ({ choices: [{ index: 0, message: { role: 'assistant', content } }] }),
  },
  '/v1/messages': {
    read: (body) => ({
      provider: 'anthropic',
      tools: list(body['tools']).map((tool) => ({
        name: String(tool['name']),
        description: tool['description'],
        schema: tool['input_schema'],
      })),
      forced: forcedName(body['tool_choice'], 'tool'),
      result: lastText(list(list(body['messages']).at(-1)?.['content']), 'content'),
      body,
    }),
    call: (name, input) => ({ content: [{ type: 'tool_use', id: 'c1', name, input }] }),
    say: (text) => ({ content: [{ type: 'text', text }] }),
  },
  '/v1beta/models/test:generateContent': {
    read: (body) => ({
      provider: 'gemini',
      tools: list(body['tools'])
        .flatMap((tool) => list(tool['functionDeclarations']))
        .map((tool) => ({
          name: String(tool['name']),
          description: tool['description'],
          schema: tool['parametersJsonSchema'],
        })),
      forced: geminiForced(object(body['toolConfig'])),
      result: lastText(
        list(list(body['contents']).at(-1)?.['parts']).map((part) =>
          object(object(part['functionResponse'])['response']),
        ),
        'output',
      ),
      body,
    }),
    call: (name, args) => candidates([{ functionCall: { name, args } }]),
    say: (text) => candidates([{ text }]),
  },
};

/**
 * All providers on one port. Each refuses what its published rules refuse; asked with a forced tool it calls that one with `{ message: 'hi' }`,
 * and given the tool's answer it says it.
 */
export class FakeProviders {
  readonly seen: SentRequest[] = [];
  #endpoint: HttpEndpoint | undefined;

  static async start(): Promise<FakeProviders> {
    const providers = new FakeProviders();
    providers.#endpoint = await startHttpEndpoint((_, response, seen) =>
      providers.#answer(seen, response),
    );
    return providers;
  }

  get origin(): string {
    return this.#endpoint?.origin ?? '';
  }

  async stop(): Promise<void> {
    await this.#endpoint?.close();
  }

  #answer({ path, body }: SeenRequest, response: ServerResponse): void {
    const wire = WIRES[new URL(path, this.origin).pathname];
    const [status, answer] = wire === undefined ? [404, {}] : this.#reply(wire, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #reply(wire: Wire, body: string): [number, Json] {
    const request = wire.read(object(JSON.parse(body)));
    this.seen.push(request);
    const problems = refusals(request);
    if (problems.length > 0) return [400, { error: { message: problems.join() } }];
    const { forced, result = 'nothing' } = request;
    if (forced !== undefined) return [200, wire.call(forced, { message: 'hi' })];
    return [200, wire.say(`The tool said ${result}`)];
  }
}

const LIMITS: Record<CheckedProvider, { name: RegExp; tools: number; description: number }> = {
  openai: { name: /^[a-zA-Z0-9_-]{1,64}$/, tools: 128, description: 1024 },
  anthropic: { name: /^[a-zA-Z0-9_-]{1,64}$/, tools: Infinity, description: Infinity },
  gemini: { name: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/, tools: 512, description: Infinity },
};

/** Why the provider would answer 400; empty where it would not. */
export function refusals({ provider, tools, forced, body }: Omit<SentRequest, 'result'>): string[] {
  const limits = LIMITS[provider];
  const problems = tools.flatMap(({ name, description, schema }) => [
    ...(limits.name.test(name) ? [] : [`the name ${name}`]),
    ...(String(description ?? '').length > limits.description ? [`${name}: description`] : []),
    ...brokenRules(provider, schema).map((rule) => `${name}: ${rule}`),
  ]);
  if (tools.length > limits.tools) problems.push('too many tools');
  if (new Set(tools.map(({ name }) => name)).size < tools.length) problems.push('a name twice');
  if (forced !== undefined && !tools.some(({ name }) => name === forced)) {
    problems.push(`the choice of ${forced}, which is no tool`);
  }
  if (list(body['tools']).length > 1 && 'contents' in body) problems.push('a second tool entry');
  return problems;
}

/** Reads what stands in `tools` of an answer of the service, as the provider would. */
export function readTools(path: string, tools: unknown): Omit<SentRequest, 'result'> {
  const wire = WIRES[path];
  if (wire === undefined) throw new Error(`no provider answers at ${path}`);
  return wire.read({ tools });
}

function candidates(parts: Json[]): Json {
  return { candidates: [{ content: { role: 'model', parts } }] };
}

function forcedName(choice: unknown, type: string | undefined): string | undefined {
  const { name, ...rest } = object(choice);
  return typeof name === 'string' && rest['type'] === type ? name : undefined;
}

function geminiForced({ functionCallingConfig }: Json): string | undefined {
  const { mode, allowedFunctionNames } = object(functionCallingConfig);
  const names: unknown = Array.isArray(allowedFunctionNames) ? allowedFunctionNames[0] : undefined;
  return mode === 'ANY' && typeof names === 'string' ? names : undefined;
}

function lastText(items: readonly Json[], key: string): string | undefined {
  const text = items.at(-1)?.[key];
  return typeof text === 'string' ? text : undefined;
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}
