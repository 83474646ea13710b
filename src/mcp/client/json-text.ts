import { McpFailure } from './mcp-failure.ts';

/**
 * Objects and arrays in one JSON text. Each takes two characters there and some fifty bytes here, so the size of a text alone does not
 * bound what it costs to parse: ten megabytes of them are half a gigabyte, and a second without any other work.
 */
export const MAX_CONTAINERS = 250_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Reads one JSON text of a server.
 * @throws McpFailure INVALID_MCP_SERVER; RESPONSE_TOO_LARGE beyond {@link MAX_CONTAINERS}
 */
export function parseJson(text: string): unknown {
  // Shorter ones cannot hold as many.
  if (text.length > 2 * MAX_CONTAINERS && hasTooManyContainers(text)) {
    throw new McpFailure('RESPONSE_TOO_LARGE');
  }
  try {
    // A byte order mark is no part of the text, and may be ignored (RFC 8259 section 8.1).
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (cause) {
    throw new McpFailure('INVALID_MCP_SERVER', { cause });
  }
}

function hasTooManyContainers(text: string): boolean {
  let containers = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === BRACKET || character === BRACE) containers += 1;
    if (containers > MAX_CONTAINERS) return true;
  }
  return false;
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
