import type { JsonObject } from '../schemas/schema-types.ts';
import { PROVIDER_RULES } from './provider-rules.ts';
import type { FittedTool, ToolFormat } from './tool-format.ts';

/** A function tool of OpenAI's Responses API. */
export interface OpenAiTool {
  type: 'function';
  name: string;
  description?: string;
  parameters: JsonObject;
  /** Said, because the Responses API is strict where it is not. */
  strict: false;
}

function writeTool({ name, description, schema }: FittedTool): OpenAiTool {
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters: schema,
    strict: false,
  };
}

/** OpenAI's Responses API. */
export const openAiFormat: ToolFormat<OpenAiTool[]> = {
  rules: PROVIDER_RULES.openai,
  writeTools: (tools) => tools.map(writeTool),
  writeToolChoice: (name) => ({ type: 'function', name }),
};
