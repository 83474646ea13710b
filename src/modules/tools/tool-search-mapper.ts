import type { ToolMatch as ToolMatchResource } from '../../contract/generated.ts';
import { toMcpTool } from './formats/mcp-format.ts';
import type { ToolMatch } from './tool-search.ts';

/** A match with the tool in the protocol's shape. */
export function toToolMatchResource({ tool, score }: ToolMatch): ToolMatchResource {
  const { connectorId, name, outcome } = tool.connector;
  return {
    tool: toMcpTool(tool),
    definition_hash: tool.definitionHash,
    connector_id: connectorId,
    connector_name: name,
    outcome,
    score,
  };
}
