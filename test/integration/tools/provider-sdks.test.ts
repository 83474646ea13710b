import Anthropic from '@anthropic-ai/sdk';
import { type Tool as GeminiSdkTool, GoogleGenAI, type ToolConfig } from '@google/genai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type {
  AnthropicTool,
  GeminiTool,
  OpenAiChatTool,
  OpenAiTool,
} from '../../../src/contract/generated.ts';
import { anthropicFormat } from '../../../src/modules/tools/formats/anthropic-format.ts';
import { geminiFormat } from '../../../src/modules/tools/formats/gemini-format.ts';
import { openAiChatFormat } from '../../../src/modules/tools/formats/openai-chat-format.ts';
import { openAiFormat } from '../../../src/modules/tools/formats/openai-format.ts';
import { answerWithMessages } from '../../examples/anthropic-messages.ts';
import { ConnectorsClient } from '../../examples/connectors-client.ts';
import { answerWithGemini } from '../../examples/gemini.ts';
import { callOverMcp } from '../../examples/mcp-endpoint.ts';
import { answerWithChat } from '../../examples/openai-chat.ts';
import { answerWithResponses } from '../../examples/openai-responses.ts';
import {
  type EverythingServer,
  startEverything,
} from '../../support/mcp-servers/everything-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { FakeProviders } from './support/fake-providers.ts';

let service: TestService;
let everything: EverythingServer;
let providers: FakeProviders;
let connectors: ConnectorsClient;

beforeAll(async () => {
  [service, everything, providers] = await Promise.all([
    startTestService(),
    startEverything(),
    FakeProviders.start(),
  ]);
  const alice = await service.clientFor('alice');
  (await alice.createConnector({ name: 'Every', server_url: everything.url })).ok(201);
  connectors = new ConnectorsClient({ url: service.url, token: await service.tokenFor('alice') });
});

afterAll(async () => {
  await Promise.all([everything.close(), providers.stop()]);
  await service.close();
});

const keys = { apiKey: 'unused', maxRetries: 0 };
const asked = { model: 'test', question: 'Say hi', tool: 'every__echo' };
const said = 'The tool said [{"type":"text","text":"Echo: hi"}]';

/** The examples of the documentation, with the SDKs of the providers. */
const EXAMPLES: Record<string, (question: { tool?: string }) => Promise<string>> = {
  'the Responses API of OpenAI': (question) =>
    answerWithResponses(new OpenAI({ ...keys, baseURL: providers.origin }), connectors, {
      ...asked,
      ...question,
    }),
  'Chat Completions of OpenAI': (question) =>
    answerWithChat(new OpenAI({ ...keys, baseURL: providers.origin }), connectors, {
      ...asked,
      ...question,
    }),
  'the Messages API of Anthropic': (question) =>
    answerWithMessages(new Anthropic({ ...keys, baseURL: providers.origin }), connectors, {
      ...asked,
      ...question,
    }),
  'generateContent of Gemini': (question) =>
    answerWithGemini(
      new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: providers.origin } }),
      connectors,
      { ...asked, ...question },
    ),
};

describe.each(Object.entries(EXAMPLES))('an agent that uses %s', (_, answer) => {
  it('sends tools the provider accepts, is made to call the selected one, and answers with its result', async () => {
    providers.seen.length = 0;

    expect(await answer({})).toBe(said);

    const [first, second] = providers.seen;
    expect(providers.seen).toHaveLength(2);
    expect(first?.forced).toBe('every__echo');
    expect(first?.tools.length).toBeGreaterThan(5);
    expect(first?.tools.every(({ schema }) => typeof schema === 'object')).toBe(true);
    expect(JSON.stringify(first?.body)).toContain('The user chose the tool');
    expect(second).toMatchObject({ forced: undefined, tools: first?.tools });
  });

  it('learns which tools there are where it selects one that is not', async () => {
    await expect(answer({ tool: 'echo' })).rejects.toThrow(/every__echo.*TOOL_NOT_FOUND/);
  });
});

describe('the shapes', () => {
  it('are those of the SDKs, by type', () => {
    expectTypeOf(openAiFormat.writeTools([])).toExtend<OpenAI.Responses.FunctionTool[]>();
    expectTypeOf(openAiChatFormat.writeTools([])).toExtend<
      OpenAI.Chat.ChatCompletionFunctionTool[]
    >();
    expectTypeOf(anthropicFormat.writeTools([])).toExtend<Anthropic.Tool[]>();
    expectTypeOf(geminiFormat.writeTools([])).toExtend<GeminiSdkTool[]>();
    // The same for what the contract promises.
    expectTypeOf<OpenAiTool>().toExtend<OpenAI.Responses.FunctionTool>();
    expectTypeOf<OpenAiChatTool>().toExtend<OpenAI.Chat.ChatCompletionFunctionTool>();
    expectTypeOf<Omit<AnthropicTool, 'input_schema'>>().toExtend<
      Omit<Anthropic.Tool, 'input_schema'>
    >();
    expectTypeOf<GeminiTool>().toExtend<GeminiSdkTool>();
  });

  it('of the choice of a tool are, too', () => {
    const responses = { type: 'function', name: 'x' } satisfies OpenAI.Responses.ToolChoiceFunction;
    const chat = {
      type: 'function',
      function: { name: 'x' },
    } satisfies OpenAI.Chat.ChatCompletionNamedToolChoice;
    const messages = { type: 'tool', name: 'x' } satisfies Anthropic.ToolChoiceTool;
    expect(openAiFormat.writeToolChoice('x')).toEqual(responses);
    expect(openAiChatFormat.writeToolChoice('x')).toEqual(chat);
    expect(anthropicFormat.writeToolChoice('x')).toEqual(messages);
    // The SDK's mode is an enum whose values are these texts.
    const choice = geminiFormat.writeToolChoice('x') as ToolConfig;
    expect(choice.functionCallingConfig?.mode).toBe('ANY');
    expect(choice.functionCallingConfig?.allowedFunctionNames).toEqual(['x']);
  });
});

it('the example for the MCP endpoint calls a tool of the user, and says which there is not', async () => {
  const endpoint = { url: `${service.url}/mcp`, token: await service.tokenFor('alice') };
  expect(await callOverMcp(endpoint, 'every__echo', { message: 'hi' })).toMatchObject({
    content: [{ type: 'text', text: 'Echo: hi' }],
  });
  await expect(callOverMcp(endpoint, 'every__nothing', {})).rejects.toThrow('every__nothing');
});
