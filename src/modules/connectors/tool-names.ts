import { createHash } from 'node:crypto';

/** The shortest limit of all model providers. */
const MAX_NAME = 64;
const SEPARATOR = '__';
const HASH_DIGITS = 8;

/** A free name with a hash at its end. Another round is needed only where a server has chosen its names to collide. */
function withHash(readable: string, original: string, taken: ReadonlySet<string>): string {
  for (let round = 0; ; round += 1) {
    const text = round === 0 ? original : `${original}\n${round}`;
    const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
    const name = `${readable.slice(0, MAX_NAME - HASH_DIGITS - 1)}_${hash}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/**
 * Gives every tool of a connector the name agents call it by: `slug__tool`, at most 64 characters of
 * `[a-zA-Z0-9_-]`. A name that is too long, has other characters or differs from another one only in case ends
 * with 8 hex digits of a hash of the original. Names in `known` are kept, so that a name is stable while its tool lives.
 *
 * @param known exposed names by the server's tool names, from the last discovery.
 * @param reserved exposed names of other tools, which nobody gets.
 * @returns exposed names by the server's tool names; unique, whatever the case.
 */
export function exposedNames(
  slug: string,
  toolNames: readonly string[],
  known: ReadonlyMap<string, string>,
  reserved: readonly string[] = [],
): Map<string, string> {
  const result = new Map<string, string>();
  const taken = new Set(reserved.map((exposed) => exposed.toLowerCase()));
  const take = (tool: string, exposed: string) => {
    result.set(tool, exposed);
    taken.add(exposed.toLowerCase());
  };
  for (const tool of toolNames) {
    const exposed = known.get(tool);
    if (exposed !== undefined) take(tool, exposed);
  }
  // In a fixed order, so that the answer does not depend on the order a server lists its tools in.
  for (const tool of [...toolNames].sort()) {
    if (result.has(tool)) continue;
    const original = `${slug}${SEPARATOR}${tool}`;
    const readable = original.replace(/[^a-zA-Z0-9_-]/g, '_');
    const isClean = readable === original && readable.length <= MAX_NAME;
    const isFree = !taken.has(readable.toLowerCase());
    take(tool, isClean && isFree ? readable : withHash(readable, original, taken));
  }
  return result;
}

/** The slug an exposed name begins with. Slugs have no underscore, so that the first separator is theirs, whatever follows. */
export function slugInName(exposedName: string): string {
  return exposedName.slice(0, exposedName.indexOf(SEPARATOR));
}

/**
 * The same for names that readers take for one: they differ in case, in separators or in the width of characters only. Letters of
 * different alphabets that look alike are not told.
 */
export function likenessOf(toolName: string): string {
  const folded = toolName.normalize('NFKC').toLowerCase();
  return folded.replace(/[^\p{L}\p{N}]/gu, '') || folded;
}
