/** The strong entity tag (RFC 9110 section 8.8.3) of a version or a hash. */
export function entityTag(version: number | string): string {
  return `"${version}"`;
}

function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/**
 * Reads `If-Match` (RFC 9110 section 13.1.1) by strong comparison.
 * @returns undefined where the header is absent, so that every version is accepted.
 */
export function ifMatch(header: string | undefined): ((version: number) => boolean) | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return () => true;
  const tags = new Set(tagsOf(header));
  return (version) => tags.has(entityTag(version));
}

/** Whether `If-None-Match` (RFC 9110 section 13.1.2) names the tag, by weak comparison. */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return tagsOf(header).some((given) => given === '*' || given.replace(/^W\//, '') === tag);
}
