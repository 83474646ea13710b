import type { ToolDefinition } from '../../../../src/modules/connectors/connector.ts';
import type { ToolSource } from '../../../../src/modules/connectors/connector-tool-store.ts';
import {
  type FormattedToolset,
  formatToolset,
  type ToolsetRequest,
} from '../../../../src/modules/tools/format-toolset.ts';
import { compileToolset } from '../../../../src/modules/tools/toolset.ts';

const at = new Date('2026-01-01T00:00:00.000Z');
/** The schema of every tool that has no other. */
export const inputSchema = { type: 'object', properties: { text: { type: 'string' } } };

function definition(rest: Partial<ToolDefinition> = {}): ToolDefinition {
  return {
    title: undefined,
    description: undefined,
    inputSchema,
    outputSchema: undefined,
    annotations: undefined,
    ...rest,
  };
}

/** Stands for the hash of the tool's definition. */
export function hashOf(name: string): string {
  return Buffer.from(name).toString('hex').padStart(64, '0');
}

/** An enabled connector with these tools. */
export function source(
  slug: string,
  tools: Record<string, Partial<ToolDefinition>>,
  health: ToolSource['health'] = 'HEALTHY',
): ToolSource {
  return {
    id: `id-${slug}`,
    projectId: undefined,
    name: slug,
    slug,
    health,
    fault: undefined,
    credentialGeneration: 1,
    discoveredAt: at,
    tools: Object.entries(tools).map(([name, rest]) => ({
      id: `id-of-${name}`,
      exposedName: `${slug}__${name}`,
      definition: definition(rest),
      definitionHash: hashOf(name),
      state: 'approved',
      isWarned: false,
    })),
    held: [],
  };
}

/** The toolset of these connectors, for OpenAI by default. */
export function format(
  sources: ToolSource[],
  request: Partial<ToolsetRequest> = {},
): FormattedToolset {
  return formatToolset(compileToolset(sources), {
    format: 'openai',
    selectedTool: undefined,
    limit: undefined,
    ...request,
  });
}

/** The names in whatever shape. */
export function namesOf({ tools }: FormattedToolset): string[] {
  return tools.flatMap((tool) => {
    if ('functionDeclarations' in tool) return tool.functionDeclarations.map(({ name }) => name);
    return 'function' in tool ? tool.function.name : tool.name;
  });
}

/** So many tools that differ in their names. */
export function many(count: number): Record<string, Partial<ToolDefinition>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`t${String(i).padStart(3, '0')}`, {}]),
  );
}
