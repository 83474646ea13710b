import type { JsonObject } from '../schemas/schema-types.ts';
import { PROVIDER_RULES } from './provider-rules.ts';
import type { FittedTool, ToolFormat } from './tool-format.ts';

/** A tool of Anthropic's Messages API. */
export interface AnthropicTool {
  name: string;
  description?: string;
  input_schema: JsonObject & { type: 'object' };
}

function writeTool({ name, description, schema }: FittedTool): AnthropicTool {
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: { ...schema, type: 'object' },
  };
}

/** Anthropic's Messages API. */
export const anthropicFormat: ToolFormat<AnthropicTool[]> = {
  rules: PROVIDER_RULES.anthropic,
  writeTools: (tools) => tools.map(writeTool),
  writeToolChoice: (name) => ({ type: 'tool', name }),
};
