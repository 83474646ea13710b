import type { JsonObject } from '../../mcp/client/json-object.ts';
import { addressPrefix } from '../connectors/index.ts';

/** Content with the URIs of its resource links as the endpoint knows them, so that a client can read what they name. */
export function withOwnLinks(content: JsonObject[], slug: string): JsonObject[] {
  return content.map((block) => withOwnLink(block, slug));
}

/** A prompt's message, its content being one block or, in a revision to come, several. */
export function withOwnLinksInMessage(message: JsonObject, slug: string): JsonObject {
  const { content } = message;
  if (Array.isArray(content)) {
    return { ...message, content: content.map((block) => withOwnLink(block, slug)) };
  }
  return { ...message, content: withOwnLink(content, slug) };
}

/** What was read, each part under the URI by which the endpoint knows it. */
export function withOwnUri(contents: JsonObject, slug: string): JsonObject {
  const { uri } = contents;
  return typeof uri === 'string' ? { ...contents, uri: `${addressPrefix(slug)}${uri}` } : contents;
}

function withOwnLink<Block>(block: Block, slug: string): Block | (Block & { uri: string }) {
  if (typeof block !== 'object' || block === null) return block;
  const { type, uri }: { type?: unknown; uri?: unknown } = block;
  if (type !== 'resource_link' || typeof uri !== 'string') return block;
  return { ...block, uri: `${addressPrefix(slug)}${uri}` };
}
