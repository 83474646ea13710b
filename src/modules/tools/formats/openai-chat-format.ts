import type { JsonObject } from '../schemas/schema-types.ts';
import { PROVIDER_RULES } from './provider-rules.ts';
import type { FittedTool, ToolFormat } from './tool-format.ts';

/** A tool of OpenAI's Chat Completions, which many other providers take as well. */
export interface OpenAiChatTool {
  type: 'function';
  function: { name: string; description?: string; parameters: JsonObject };
}

function writeTool({ name, description, schema }: FittedTool): OpenAiChatTool {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: schema,
    },
  };
}

/** OpenAI's Chat Completions, where tools are not strict unless they say so. */
export const openAiChatFormat: ToolFormat<OpenAiChatTool[]> = {
  rules: PROVIDER_RULES.openai,
  writeTools: (tools) => tools.map(writeTool),
  writeToolChoice: (name) => ({ type: 'function', function: { name } }),
};
