import type { JsonObject } from '../schemas/schema-types.ts';
import { PROVIDER_RULES } from './provider-rules.ts';
import type { FittedTool, ToolFormat } from './tool-format.ts';

/** A function of Gemini's `generateContent`. */
export interface GeminiFunction {
  name: string;
  description: string;
  parametersJsonSchema: JsonObject;
}

/** The one entry of `tools` that holds all functions: Gemini takes no second one. */
export interface GeminiTool {
  functionDeclarations: GeminiFunction[];
}

function writeFunction({ name, description, schema }: FittedTool): GeminiFunction {
  // The API calls a description required.
  return { name, description: description ?? name, parametersJsonSchema: schema };
}

/** Gemini's `generateContent`; the tool choice is its `toolConfig`. */
export const geminiFormat: ToolFormat<GeminiTool[]> = {
  rules: PROVIDER_RULES.gemini,
  writeTools: (tools) =>
    tools.length === 0 ? [] : [{ functionDeclarations: tools.map(writeFunction) }],
  writeToolChoice: (name) => ({
    functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] },
  }),
};
