import { createHash } from 'node:crypto';
import type {
  ToolCallResult as ToolCallResultResource,
  ToolsetOutcome as ToolsetOutcomeResource,
  Toolset as ToolsetResource,
} from '../../contract/generated.ts';
import { entityTag } from '../../http/etag.ts';
import { messageFor } from '../connectors/index.ts';
import type { FormattedToolset } from './format-toolset.ts';
import type { ToolCallResult } from './tool-call-service.ts';
import type { ToolsetOutcome } from './toolset.ts';
import type { WrittenToolset } from './toolset-service.ts';

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** How a connector is, as lists and menus show it. */
export function toOutcomeResource(outcome: ToolsetOutcome): ToolsetOutcomeResource {
  const { fault } = outcome;
  return {
    connector_id: outcome.connectorId,
    name: outcome.name,
    slug: outcome.slug,
    project_id: outcome.projectId ?? null,
    outcome: outcome.outcome,
    code: fault?.code ?? null,
    message: fault === undefined ? null : messageFor(fault.code),
    tool_count: outcome.toolCount,
    held_tool_count: outcome.heldToolCount,
    discovered_at: outcome.discoveredAt.toISOString(),
    last_failed_at: fault?.at.toISOString() ?? null,
    failing_since: fault?.since.toISOString() ?? null,
  };
}

/** The toolset as it is answered, with a hash over the tools alone. */
export function toToolsetResource(toolset: FormattedToolset): ToolsetResource {
  const { tools, toolChoice, instructions, definitionHashes, warnings, outcomes } = toolset;
  return {
    tools,
    tool_choice: toolChoice,
    instructions,
    definition_hashes: definitionHashes,
    warnings: warnings.map(({ code, message, connectorId, tool }) => ({
      code,
      message,
      connector_id: connectorId ?? null,
      tool: tool ?? null,
    })),
    outcomes: outcomes.map(toOutcomeResource),
    content_hash: sha256(tools),
  };
}

/** A hash over the whole answer, for its `ETag`. */
export function representationHash(resource: object): string {
  return sha256(resource);
}

/**
 * Writes the toolset as it is answered, once for many answers.
 * @param writeJson the serializer of the operation, so that nothing leaves that the contract does not declare
 */
export function writeToolset(
  toolset: FormattedToolset,
  writeJson: (resource: ToolsetResource) => Buffer,
): WrittenToolset {
  const body = writeJson(toToolsetResource(toolset));
  return { body, etag: entityTag(createHash('sha256').update(body).digest('hex')) };
}

/** A result and a refusal by the server look alike to an agent, so that it can read both. */
export function toToolCallResource(result: ToolCallResult): ToolCallResultResource {
  const { outcome, connectorId, toolName, durationMs } = result;
  const origin = { connector_id: connectorId, tool: toolName, duration_ms: durationMs };
  // Only who can be asked is asked.
  if (outcome.kind === 'input-required') throw new Error('a call over REST was asked for input');
  if (outcome.kind === 'protocol-error') {
    const { code, message } = outcome;
    return {
      content: [{ type: 'text', text: message }],
      structured_content: null,
      is_error: true,
      protocol_error: { code, message },
      meta: null,
      ...origin,
    };
  }
  return {
    content: outcome.content,
    structured_content: outcome.structuredContent ?? null,
    is_error: outcome.isError,
    protocol_error: null,
    meta: outcome.meta ?? null,
    ...origin,
  };
}
