import { readHeaderParameters } from './header-parameters.ts';
import { isJsonObject } from './json-rpc.ts';
import type {
  DiscoveredTool,
  JsonObject,
  McpEra,
  ToolDiscovery,
  ToolWarning,
} from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import { type CleanedSchema, cleanSchema } from './tool-schema.ts';
import { cleanText, isVisibleLine } from './untrusted-text.ts';

/**
 * Bounds of a discovery, texts in UTF-16 units. Beyond the first five a server is refused; beyond the others a tool is left out
 * or cut.
 */
export const DISCOVERY_LIMITS = {
  pages: 50,
  tools: 500,
  /** JSON text of all pages as they come. */
  pagesLength: 8 * 1024 * 1024,
  /** JSON text of all tools as they are kept: what a user's list of tools takes in memory and in the database. */
  definitionsLength: 2 * 1024 * 1024,
  /** Values that the references of all schemas together are found to stand for. */
  walked: 1_000_000,
  nameLength: 128,
  titleLength: 256,
  descriptionLength: 8_000,
} as const;

/** One page of `tools/list`. */
export interface ToolPage {
  /** The `result` of the answer as it came. */
  result: JsonObject;
  /** UTF-16 units of the JSON text it came in. */
  textLength: number;
}

/** Fetches one page of `tools/list`. */
export type PageFetcher = (cursor: string | undefined) => Promise<ToolPage>;

/**
 * Pages through `tools/list`. A tool that cannot be used is left out and named in the warnings; it never costs the others.
 * @throws McpFailure INVALID_MCP_SERVER for a page without a list of tools, RESPONSE_TOO_LARGE beyond the limits, and what
 * `fetchPage` throws
 */
export async function discoverTools(fetchPage: PageFetcher, era: McpEra): Promise<ToolDiscovery> {
  const discovery = new Discovery(era);
  const seenCursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 1; page <= DISCOVERY_LIMITS.pages; page += 1) {
    cursor = discovery.addPage(await fetchPage(cursor));
    // A cursor given twice leads round in circles.
    if (cursor === undefined || seenCursors.has(cursor)) return discovery.result;
    seenCursors.add(cursor);
  }
  throw new McpFailure('RESPONSE_TOO_LARGE');
}

class Discovery {
  readonly result: ToolDiscovery = { tools: [], warnings: [] };
  readonly #era: McpEra;
  readonly #names = new Set<string>();
  #tools = 0;
  #pagesLength = 0;
  #definitionsLength = 0;
  #walked = 0;

  constructor(era: McpEra) {
    this.#era = era;
  }

  /** @returns the cursor of the next page, if there is one */
  addPage({ result, textLength }: ToolPage): string | undefined {
    this.#pagesLength = within('pagesLength', this.#pagesLength + textLength);
    const { tools, nextCursor } = result;
    if (!Array.isArray(tools)) throw new McpFailure('INVALID_MCP_SERVER');
    for (const tool of tools) this.#add(tool);
    return typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : undefined;
  }

  #add(raw: unknown): void {
    this.#tools = within('tools', this.#tools + 1);
    const { tool, warnings, walked = 0 } = readTool(raw, this.#era);
    this.#walked = within('walked', this.#walked + walked);
    this.result.warnings.push(...warnings);
    if (tool === undefined) return;
    if (this.#names.has(tool.name)) {
      this.result.warnings.push(
        warning(tool.name, 'Another tool of this server has the same name.'),
      );
      return;
    }
    this.#names.add(tool.name);
    const length = this.#definitionsLength + JSON.stringify(tool).length;
    this.#definitionsLength = within('definitionsLength', length);
    this.result.tools.push(tool);
  }
}

function within(
  limit: 'tools' | 'pagesLength' | 'definitionsLength' | 'walked',
  amount: number,
): number {
  if (amount > DISCOVERY_LIMITS[limit]) throw new McpFailure('RESPONSE_TOO_LARGE');
  return amount;
}

/** A tool as far as it is usable, and what is wrong with it. */
interface ToolReading {
  tool?: DiscoveredTool;
  warnings: ToolWarning[];
  /** As {@link cleanSchema} tells, of all its schemas. */
  walked?: number;
}

function readTool(raw: unknown, era: McpEra): ToolReading {
  if (!isJsonObject(raw)) return refused('', 'It is not an object.');
  const { name } = raw;
  if (typeof name !== 'string' || name === '') return refused('', 'It has no name.');
  if (name.length > DISCOVERY_LIMITS.nameLength) {
    return refused(name, `Its name is longer than ${DISCOVERY_LIMITS.nameLength} characters.`);
  }
  if (!isVisibleLine(name)) return refused(name, 'Its name has invisible characters.');

  const input = readInputSchema(raw['inputSchema'], era);
  const { walked } = input;
  if (!input.ok) return { ...refused(name, `Its input schema ${input.reason}.`), walked };
  const output = raw['outputSchema'] === undefined ? undefined : cleanSchema(raw['outputSchema']);
  const warnings: ToolWarning[] = [];
  if (output?.ok === false) {
    warnings.push(warning(name, `Its output schema ${output.reason} and was left out.`));
  }
  return {
    tool: {
      name,
      title: findText(raw['title'], DISCOVERY_LIMITS.titleLength),
      description: findText(raw['description'], DISCOVERY_LIMITS.descriptionLength),
      inputSchema: input.schema,
      outputSchema: output?.ok === true ? output.schema : undefined,
      annotations: readAnnotations(raw['annotations']),
    },
    warnings,
    walked: walked + (output?.walked ?? 0),
  };
}

function readInputSchema(raw: unknown, era: McpEra): CleanedSchema {
  if (isJsonObject(raw) && raw['type'] !== 'object') {
    return { ok: false, reason: 'does not describe an object', walked: 0 };
  }
  const cleaned = cleanSchema(raw);
  // The legacy era gives annotations no meaning, so they cannot be wrong there.
  if (!cleaned.ok || era === 'legacy') return cleaned;
  const headers = readHeaderParameters(cleaned.schema);
  return headers.ok ? cleaned : { ...headers, walked: cleaned.walked };
}

function refused(name: string, reason: string): ToolReading {
  return { warnings: [warning(name, reason)] };
}

function warning(name: string, reason: string): ToolWarning {
  return { tool: cleanText(name.replace(/[\n\t]/g, ' '), DISCOVERY_LIMITS.nameLength), reason };
}

function findText(value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' ? cleanText(value, maxLength) : undefined;
}

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

/** The annotations MCP defines; a server may not add text of its own. */
function readAnnotations(value: unknown): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const annotations: JsonObject = {};
  const title = findText(value['title'], DISCOVERY_LIMITS.titleLength);
  if (title !== undefined) annotations['title'] = title;
  for (const hint of HINTS) {
    if (typeof value[hint] === 'boolean') annotations[hint] = value[hint];
  }
  return annotations;
}
