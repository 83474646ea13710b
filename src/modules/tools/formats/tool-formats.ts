import { anthropicFormat } from './anthropic-format.ts';
import { geminiFormat } from './gemini-format.ts';
import { mcpFormat } from './mcp-format.ts';
import { openAiChatFormat } from './openai-chat-format.ts';
import { openAiFormat } from './openai-format.ts';

/** Every format, by the name callers ask for it. */
export const TOOL_FORMATS = {
  mcp: mcpFormat,
  openai: openAiFormat,
  'openai-chat': openAiChatFormat,
  anthropic: anthropicFormat,
  gemini: geminiFormat,
} as const;

/** The name of a format. */
export type ToolFormatName = keyof typeof TOOL_FORMATS;

/** `tools` in one of the formats. */
export type FormattedTools = ReturnType<(typeof TOOL_FORMATS)[ToolFormatName]['writeTools']>;
