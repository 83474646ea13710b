import type { Offering, OfferingKind } from '../../mcp/client/server-offerings.ts';
import { exposedNames } from './tool-names.ts';

/**
 * What the URIs of a connector's resources begin with at our endpoint: `slug+`, which before any URI is a valid scheme, since slugs begin
 * with a letter (RFC 3986 section 3.1).
 */
export function addressPrefix(slug: string): string {
  return `${slug}+`;
}

/** Finds the slug and the server's own URI in one of ours; undefined where it is none. The URI itself may have further `+`. */
export function findAddress(exposed: string): { slug: string; uri: string } | undefined {
  const [, slug, uri] = /^([a-z][a-z0-9-]{0,31})\+(.+)$/s.exec(exposed) ?? [];
  return slug === undefined || uri === undefined ? undefined : { slug, uri };
}

/**
 * Gives every offering of one kind what agents ask for it by: prompts are named as tools are, the addresses of resources and
 * templates get a prefix.
 * @param known exposed names of prompts by the server's names, from the last discovery
 */
export function exposedKeys(
  slug: string,
  kind: OfferingKind,
  offerings: readonly Offering[],
  known: ReadonlyMap<string, string>,
): Map<string, string> {
  const keys = offerings.map(({ key }) => key);
  if (kind === 'prompt') return exposedNames(slug, keys, known);
  return new Map(keys.map((key) => [key, `${addressPrefix(slug)}${key}`]));
}
