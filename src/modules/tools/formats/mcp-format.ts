import { withoutHeaderAnnotations } from '../../../mcp/client/header-parameters.ts';
import type { JsonObject } from '../schemas/schema-types.ts';
import type { FittedTool, ToolFormat } from './tool-format.ts';

/** A tool as `tools/list` has it. */
export interface McpTool {
  name: string;
  title?: string;
  description?: string;
  inputSchema: JsonObject;
  outputSchema?: JsonObject;
  annotations?: JsonObject;
}

/** A tool in the protocol's shape. */
export function toMcpTool({ name, definition }: Pick<FittedTool, 'name' | 'definition'>): McpTool {
  const { title, description, inputSchema, outputSchema, annotations } = definition;
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    inputSchema: withoutHeaderAnnotations(inputSchema),
    ...(outputSchema !== undefined && { outputSchema }),
    ...(annotations !== undefined && { annotations }),
  };
}

/** The protocol's own shape: all but the name as the server told. */
export const mcpFormat: ToolFormat<McpTool[]> = {
  rules: undefined,
  writeTools: (tools) => tools.map(toMcpTool),
  // The protocol knows no choice of tools.
  writeToolChoice: () => null,
};
