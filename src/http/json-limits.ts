/** Levels of objects and lists in a body. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Whether a JSON text is nested deeper than {@link MAX_JSON_DEPTH}, found out without parsing it: one look at each
 * character, and no recursion. What it says of a text that is not JSON does not matter.
 */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) at = endOfString(json, at);
    else if (CLOSING.has(character)) depth -= 1;
    else if (OPENING.has(character)) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    }
  }
  return false;
}

/** Where the string that begins at `start` ends; the end of the text where it does not. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) return at;
    if (character === BACKSLASH) at += 1;
  }
  return json.length;
}

/** An escaped half of a surrogate pair, alone or not; the only way one gets into a text that was UTF-8. */
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
/** Characters of a pointer that are shown: its names are the client's own text. */
const MAX_POINTER = 300;

/**
 * The JSON pointer of the first text, or of the object with the first name, that holds half of a surrogate pair.
 * @param value what was parsed from `json`; not deeper than {@link MAX_JSON_DEPTH}.
 */
export function findBrokenText(json: string, value: unknown): string | undefined {
  if (!ESCAPED_SURROGATE.test(json)) return undefined;
  const found = find(value);
  return found
    ?.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, MAX_POINTER)
    .toWellFormed();
}

function find(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name in value) {
    if (!name.isWellFormed()) return [];
    const below = find(Reflect.get(value, name));
    if (below !== undefined) return [name, ...below];
  }
  return undefined;
}
