import { createHash } from 'node:crypto';
import type { DiscoveredTool } from '../../mcp/client/mcp-client.ts';
import type { ToolDefinition } from './connector.ts';

/** PostgreSQL stores neither NUL nor lone surrogates; both are dropped or replaced (U+FFFD). */
function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storableText(key), storable(member)]),
  );
}

function storableObject(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storableText(key), storable(member)]),
  );
}

/** The part of a discovered tool that is stored, without its name. */
export function toDefinition(tool: DiscoveredTool): ToolDefinition {
  const optional = (value: Record<string, unknown> | undefined) =>
    value === undefined ? undefined : storableObject(value);
  return {
    title: tool.title === undefined ? undefined : storableText(tool.title),
    description: tool.description === undefined ? undefined : storableText(tool.description),
    inputSchema: storableObject(tool.inputSchema),
    outputSchema: optional(tool.outputSchema),
    annotations: optional(tool.annotations),
  };
}

/** The hash that a tool which was just discovered would be stored with. */
export function hashOfDiscovered(tool: DiscoveredTool): string {
  return definitionHash(tool.name, toDefinition(tool));
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, member]) => [key, canonical(member)]));
}

/** SHA-256 in hex over name and definition; the order of keys does not matter. */
export function definitionHash(name: string, definition: ToolDefinition): string {
  return createHash('sha256')
    .update(JSON.stringify([name, canonical(definition)]))
    .digest('hex');
}
