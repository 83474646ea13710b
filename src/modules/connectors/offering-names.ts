import type { Offering, OfferingKind } from '../../mcp/client/server-offerings.ts';
import { exposedNames } from './tool-names.ts';

/** A slug may begin with a digit, and a scheme may not (RFC 3986 section 3.1). No slug has a dot. */
const DIGIT_PREFIX = 'x.';

/** What the URIs of a connector's resources begin with at our endpoint: `slug+`, still a valid scheme before any URI. */
function addressPrefix(slug: string): string {
  return `${/^[0-9]/.test(slug) ? DIGIT_PREFIX : ''}${slug}+`;
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
