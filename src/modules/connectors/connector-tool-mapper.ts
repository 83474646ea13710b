import type {
  ApprovedTool,
  ConnectorTool as ConnectorToolResource,
  ConnectorToolUpdate,
  ToolApprovals,
  ToolChange as ToolChangeResource,
} from '../../contract/generated.ts';
import type { ConnectorTool } from './connector.ts';
import { toDefinitionFields } from './connector-mapper.ts';
import type { SeenDefinition, ToolChanges } from './connector-tool-store.ts';
import { changeBetween, type ToolField } from './tool-change.ts';

const FIELD_NAMES: Record<ToolField, string> = {
  name: 'name',
  title: 'title',
  description: 'description',
  inputSchema: 'input_schema',
  outputSchema: 'output_schema',
  annotations: 'annotations',
};

/** What is different from what was approved or offered; null where there is nothing to compare with. */
function toChangeResource(tool: ConnectorTool): ToolChangeResource | null {
  const { reference, name, definition } = tool;
  if (reference === undefined) return null;
  const { differences, omitted } = changeBetween(reference, { name, ...definition });
  return {
    differences: differences.map(({ field, before, after, isCut, ...rest }) => ({
      ...rest,
      field: FIELD_NAMES[field],
      before: before ?? null,
      after: after ?? null,
      is_cut: isCut,
    })),
    omitted,
  };
}

/** A stored tool. */
export function toConnectorToolResource(tool: ConnectorTool): ConnectorToolResource {
  return {
    id: tool.id,
    name: tool.name,
    exposed_name: tool.exposedName,
    ...toDefinitionFields(tool.definition),
    definition_hash: tool.definitionHash,
    enabled: tool.isEnabled,
    state: tool.state,
    held_back: tool.admission === 'held',
    approved_at: tool.approvedAt?.toISOString() ?? null,
    change: toChangeResource(tool),
    version: tool.version,
    updated_at: tool.updatedAt.toISOString(),
  };
}

/** Only what the body names. */
export function toToolChanges(body: ConnectorToolUpdate): ToolChanges {
  return { isEnabled: body.enabled, approvedHash: body.approved_definition_hash };
}

/** The definitions that are approved at once. */
export function toSeenDefinitions({ approvals }: ToolApprovals): SeenDefinition[] {
  return approvals.map(({ tool_id, definition_hash }) => ({
    toolId: tool_id,
    definitionHash: definition_hash,
  }));
}

/** A tool as far as an approval tells of it. */
export function toApprovedTool(tool: ConnectorTool): ApprovedTool {
  const { id, exposedName, definitionHash, version } = tool;
  return { tool_id: id, exposed_name: exposedName, definition_hash: definitionHash, version };
}
