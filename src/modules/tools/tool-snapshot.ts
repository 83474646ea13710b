import { withoutHeaderAnnotations } from '../../mcp/client/header-parameters.ts';
import type { ToolDefinition, ToolSource } from '../connectors/index.ts';
import type { SnapshotTool } from './snapshot-tool.ts';
import { ToolIndex } from './tool-search.ts';
import { compileToolset, type Toolset } from './toolset.ts';

/** A user's tools at one moment. Immutable; the index is made on first use. */
export class ToolSnapshot {
  readonly toolset: Toolset;
  /** Sorted by name. */
  readonly tools: readonly SnapshotTool[];
  #index: ToolIndex | undefined;

  constructor(sources: readonly ToolSource[]) {
    this.toolset = compileToolset(sources);
    const { tools, outcomes } = this.toolset;
    const byId = new Map(outcomes.map((outcome) => [outcome.connectorId, outcome]));
    this.tools = tools.flatMap(({ name, connectorId, definition, definitionHash }) => {
      const connector = byId.get(connectorId);
      return connector === undefined ? [] : [{ name, definition, definitionHash, connector }];
    });
  }

  /** For searches. */
  get index(): ToolIndex {
    this.#index ??= new ToolIndex(this.tools);
    return this.#index;
  }
}

/** A tool in the protocol's own shape. */
export interface ProtocolTool extends Omit<ToolDefinition, 'inputSchema'> {
  name: string;
  inputSchema: Record<string, unknown>;
}

/**
 * A tool as both eras show it. Clients of the legacy era refuse a whole list for one output schema that does not describe an
 * object, and nothing but an object is passed on as structured content, so such a schema is left out.
 */
export function toProtocolTool({
  name,
  definition,
}: Pick<SnapshotTool, 'name' | 'definition'>): ProtocolTool {
  const { title, description, inputSchema, outputSchema, annotations } = definition;
  const output = outputSchema?.['type'] === 'object' ? outputSchema : undefined;
  return {
    name,
    title,
    description,
    inputSchema: withoutHeaderAnnotations(inputSchema),
    outputSchema: output,
    annotations,
  };
}
