const MAX_NAME = 100;
const FALLBACK = 'MCP server';

/**
 * A name for a connector: that of the file without what cannot be shown, at most 100 characters, with a number where
 * it is taken.
 * @param taken names in lower case.
 */
export function freeName(key: string, taken: ReadonlySet<string>): string {
  const cleaned = key.replace(/\p{C}/gu, '').replace(/\s+/g, ' ').trim();
  const base = cleaned === '' ? FALLBACK : cut(cleaned, MAX_NAME);
  if (!taken.has(base.toLowerCase())) return base;
  for (let n = 2; ; n += 1) {
    const suffix = ` ${n}`;
    const candidate = `${cut(base, MAX_NAME - suffix.length)}${suffix}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

/** Never between the halves of a surrogate pair. */
function cut(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}
