import { McpFailure } from './mcp-failure.ts';

/**
 * Objects and arrays in one JSON text. Each takes two characters there and some fifty bytes here, so the size of a text alone does not
 * bound what it costs to parse: ten megabytes of them are half a gigabyte, and a second without any other work.
 */
export const MAX_CONTAINERS = 250_000;

/**
 * What one JSON text may cost to parse, as the number of its values: one for each, and {@link NAME_COST} for the name of a member on top.
 * With names that are all different, as much as this keeps the process from all other work for about 150 ms; it is 125,000 members,
 * such as those of a table of 6,000 rows and 20 columns.
 */
export const MAX_COST = 500_000;

/** A name has to be looked up among all that were seen, and makes the shape of its object another one. */
export const NAME_COST = 3;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Reads one JSON text of a server.
 * @throws McpFailure INVALID_MCP_SERVER; RESPONSE_TOO_LARGE beyond {@link MAX_CONTAINERS} or {@link MAX_COST}
 */
export function parseJson(text: string): unknown {
  // Shorter ones cannot cost as much: no character costs more than a colon.
  if (text.length * NAME_COST > MAX_COST && isTooCostly(text)) {
    throw new McpFailure('RESPONSE_TOO_LARGE');
  }
  try {
    // A byte order mark is no part of the text, and may be ignored (RFC 8259 section 8.1).
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (cause) {
    throw new McpFailure('INVALID_MCP_SERVER', { cause });
  }
}

/** Goes through the text once, and makes nothing of it. */
function isTooCostly(text: string): boolean {
  let containers = 0;
  let cost = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else {
      if (character === BRACKET || character === BRACE) containers += 1;
      cost += costOf(character);
    }
    if (containers > MAX_CONTAINERS || cost > MAX_COST) return true;
  }
  return false;
}

/** A container holds one value more than it has commas; so it counts as one where it opens, though it may be empty. */
function costOf(character: number): number {
  if (character === COLON) return NAME_COST;
  return character === COMMA || character === BRACKET || character === BRACE ? 1 : 0;
}

/** @returns where the string that begins at `start` ends; the end of the text where it does not */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
