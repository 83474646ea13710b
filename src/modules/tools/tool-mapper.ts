import { createHash } from 'node:crypto';
import type {
  McpTool,
  ToolCallResult as ToolCallResultResource,
  Toolset as ToolsetResource,
} from '../../contract/generated.ts';
import { messageFor } from '../connectors/index.ts';
import type { ToolCallResult } from './tool-call-service.ts';
import type { Toolset } from './toolset.ts';

/** A tool in the protocol's shape. */
export function toMcpTool({
  name,
  definition,
}: Pick<Toolset['tools'][number], 'name' | 'definition'>): McpTool {
  const { title, description, inputSchema, outputSchema, annotations } = definition;
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    inputSchema,
    ...(outputSchema !== undefined && { outputSchema }),
    ...(annotations !== undefined && { annotations }),
  };
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** The toolset in the protocol's shape, with a hash over the tools alone. */
export function toToolsetResource(toolset: Toolset): ToolsetResource {
  const tools = toolset.tools.map(toMcpTool);
  return {
    tools,
    warnings: [],
    outcomes: toolset.outcomes.map((outcome) => ({
      connector_id: outcome.connectorId,
      name: outcome.name,
      slug: outcome.slug,
      outcome: outcome.outcome,
      code: outcome.fault?.code ?? null,
      message: outcome.fault === undefined ? null : messageFor(outcome.fault.code),
      tool_count: outcome.toolCount,
      discovered_at: outcome.discoveredAt.toISOString(),
    })),
    content_hash: sha256(tools),
  };
}

/** A hash over the whole answer, for its `ETag`. */
export function representationHash(resource: ToolsetResource): string {
  return sha256(resource);
}

/** A result and a refusal by the server look alike to an agent, so that it can read both. */
export function toToolCallResource(result: ToolCallResult): ToolCallResultResource {
  const { outcome, connectorId, toolName, durationMs } = result;
  const origin = { connector_id: connectorId, tool: toolName, duration_ms: durationMs };
  if (outcome.kind === 'protocol-error') {
    const { code, message } = outcome;
    return {
      content: [{ type: 'text', text: message }],
      structured_content: null,
      is_error: true,
      protocol_error: { code, message },
      ...origin,
    };
  }
  return {
    content: outcome.content,
    structured_content: outcome.structuredContent ?? null,
    is_error: outcome.isError,
    protocol_error: null,
    ...origin,
  };
}
