/** Slugs stay short, so that most tool names fit into 64 characters. */
const MAX_SLUG = 24;
const FALLBACK = 'connector';

/**
 * The prefix of a connector's tool names: lower-case ASCII letters, digits and single hyphens, at most 24
 * characters, never with an underscore, so that `slug__tool` has one reading, and with a letter in front, as Gemini wants
 * its function names. A name without any usable character gives `connector`.
 */
export function slugOf(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const lettered = /^\d/.test(ascii) ? `mcp-${ascii}` : ascii;
  const cut = lettered.slice(0, MAX_SLUG).replace(/-+$/, '');
  return cut === '' ? FALLBACK : cut;
}

/**
 * What slugs of a project's connectors begin with. Two hyphens are in no slug of a user, so that a member's own tools and those of any
 * project can stand in one list, today and whatever connectors there are tomorrow.
 */
const PROJECT_PREFIX = 'p--';

/** What the slugs of this owner's connectors begin with. */
export function slugPrefix({ projectId }: { projectId?: string | undefined }): string {
  return projectId === undefined ? '' : PROJECT_PREFIX;
}

/** The first of `slug`, `slug-2`, `slug-3` … that is not taken with the prefix, at most 24 characters besides it. */
export function freeSlug(name: string, taken: ReadonlySet<string>, prefix = ''): string {
  const base = slugOf(name);
  if (!taken.has(`${prefix}${base}`)) return `${prefix}${base}`;
  for (let n = 2; ; n += 1) {
    const suffix = `-${n}`;
    const candidate = `${prefix}${base.slice(0, MAX_SLUG - suffix.length).replace(/-+$/, '')}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** The first of `name`, `name (2)`, `name (3)` … that is not taken. @param taken in lower case */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? name : `${name} (${n})`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}
