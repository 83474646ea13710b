import { isJsonObject, METHOD_NOT_FOUND, type ReceivedAnswer } from './json-rpc.ts';
import type { JsonObject } from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import type { Offering, OfferingDiscovery, OfferingKind } from './server-offerings.ts';
import { DISCOVERY_LIMITS } from './tool-discovery.ts';
import { cleanText, isVisibleLine } from './untrusted-text.ts';

/** Bounds of what is kept of a server's prompts, resources and templates, texts in UTF-16 units. What comes after them is left out. */
export const OFFERING_LIMITS = {
  /** Of each kind. */
  entries: 500,
  pages: DISCOVERY_LIMITS.pages,
  /** JSON text of the pages of all kinds, as they come. */
  pagesLength: DISCOVERY_LIMITS.pagesLength,
  /** JSON text of all that is kept. */
  definitionsLength: DISCOVERY_LIMITS.definitionsLength,
  uriLength: 2_000,
  mimeTypeLength: 255,
  arguments: 50,
} as const;

/** Fetches one page of a list. */
export type OfferingPageFetcher = (
  method: string,
  cursor: string | undefined,
) => Promise<ReceivedAnswer>;

const { nameLength, titleLength, descriptionLength } = DISCOVERY_LIMITS;

/** How the entries of each kind are listed and read. */
const LISTS = {
  prompt: { method: 'prompts/list', member: 'prompts', read: readPrompt },
  resource: { method: 'resources/list', member: 'resources', read: readResource },
  template: {
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    read: readTemplate,
  },
} as const satisfies Record<
  OfferingKind,
  { method: string; member: string; read: (raw: JsonObject) => Offering | undefined }
>;

/**
 * Pages through the lists of these kinds, one after the other. An entry that cannot be used is left out, and so is all beyond
 * {@link OFFERING_LIMITS}: a server with too much to offer is a good server. A list that fails is absent, and costs no other.
 */
export async function discoverOfferings(
  kinds: readonly OfferingKind[],
  fetchPage: OfferingPageFetcher,
): Promise<OfferingDiscovery> {
  const budget = { pagesLength: 0, definitionsLength: 0 };
  const discovery: OfferingDiscovery = {};
  for (const kind of kinds) {
    try {
      discovery[kind] = await new OfferingList(kind, budget).discover(fetchPage);
    } catch (error) {
      if (!(error instanceof McpFailure)) throw error;
    }
  }
  return discovery;
}

/** What all lists of one discovery took so far. */
interface Budget {
  pagesLength: number;
  definitionsLength: number;
}

class OfferingList {
  readonly #list: (typeof LISTS)[OfferingKind];
  readonly #budget: Budget;
  readonly #found = new Map<string, Offering>();

  constructor(kind: OfferingKind, budget: Budget) {
    this.#list = LISTS[kind];
    this.#budget = budget;
  }

  async discover(fetchPage: OfferingPageFetcher): Promise<Offering[]> {
    const seenCursors = new Set<string>();
    let cursor: string | undefined;
    for (let page = 1; page <= OFFERING_LIMITS.pages; page += 1) {
      cursor = this.#addPage(await fetchPage(this.#list.method, cursor));
      if (cursor === undefined || seenCursors.has(cursor)) break;
      seenCursors.add(cursor);
    }
    return [...this.#found.values()];
  }

  /** @returns the cursor of the next page, if there is one that is wanted */
  #addPage({ answer, textLength }: ReceivedAnswer): string | undefined {
    if ('error' in answer) {
      // Servers of resources need not know templates.
      if (answer.error.code === METHOD_NOT_FOUND) return undefined;
      throw new McpFailure('INVALID_MCP_SERVER', { cause: answer.error });
    }
    this.#budget.pagesLength += textLength;
    if (this.#budget.pagesLength > OFFERING_LIMITS.pagesLength) return undefined;
    const { [this.#list.member]: entries, nextCursor } = answer.result;
    if (!Array.isArray(entries)) throw new McpFailure('INVALID_MCP_SERVER');
    for (const raw of entries) {
      if (!this.#add(raw)) return undefined;
    }
    return typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : undefined;
  }

  /** @returns false where there is no room for more */
  #add(raw: unknown): boolean {
    const entry = isJsonObject(raw) ? this.#list.read(raw) : undefined;
    if (entry === undefined || this.#found.has(entry.key)) return true;
    const length = this.#budget.definitionsLength + JSON.stringify(entry).length;
    if (length > OFFERING_LIMITS.definitionsLength) return false;
    this.#budget.definitionsLength = length;
    this.#found.set(entry.key, entry);
    return this.#found.size < OFFERING_LIMITS.entries;
  }
}

function readPrompt(raw: JsonObject): Offering | undefined {
  const { name, arguments: args = [] } = raw;
  if (!isName(name) || !Array.isArray(args) || args.length > OFFERING_LIMITS.arguments) {
    return undefined;
  }
  const read = args.map(readArgument).filter((argument) => argument !== undefined);
  // Without one of its arguments a prompt could not be asked for.
  if (read.length < args.length) return undefined;
  return { key: name, definition: defined({ ...textsOf(raw), arguments: read }) };
}

function readArgument(raw: unknown): JsonObject | undefined {
  if (!isJsonObject(raw) || !isName(raw['name'])) return undefined;
  const { name, required } = raw;
  return defined({
    name,
    ...textsOf(raw),
    required: typeof required === 'boolean' ? required : undefined,
  });
}

function readResource(raw: JsonObject): Offering | undefined {
  const { uri, size } = raw;
  if (!isUri(uri)) return undefined;
  const shared = readShared(raw);
  if (shared === undefined) return undefined;
  return { key: uri, definition: defined({ ...shared, size: isCount(size) ? size : undefined }) };
}

function readTemplate(raw: JsonObject): Offering | undefined {
  const { uriTemplate } = raw;
  if (!isAddress(uriTemplate)) return undefined;
  const shared = readShared(raw);
  return shared && { key: uriTemplate, definition: defined(shared) };
}

/** What resources and templates have in common. */
function readShared(raw: JsonObject): JsonObject | undefined {
  const { name, mimeType } = raw;
  if (typeof name !== 'string') return undefined;
  const shown = cleanText(name.replace(/[\n\t]/g, ' '), titleLength);
  if (shown === '') return undefined;
  const isMimeType =
    typeof mimeType === 'string' &&
    mimeType.length <= OFFERING_LIMITS.mimeTypeLength &&
    isVisibleLine(mimeType);
  return {
    name: shown,
    ...textsOf(raw),
    mimeType: isMimeType ? mimeType : undefined,
    annotations: readAnnotations(raw['annotations']),
  };
}

function textsOf({ title, description }: JsonObject): JsonObject {
  return {
    title: typeof title === 'string' ? cleanText(title, titleLength) : undefined,
    description:
      typeof description === 'string' ? cleanText(description, descriptionLength) : undefined,
  };
}

/** The annotations MCP defines, where they are as it defines them. */
function readAnnotations(value: unknown): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const { audience, priority, lastModified } = value;
  const isAudience =
    Array.isArray(audience) && audience.every((role) => role === 'user' || role === 'assistant');
  const isPriority = typeof priority === 'number' && priority >= 0 && priority <= 1;
  const annotations = defined({
    audience: isAudience ? [...new Set(audience)] : undefined,
    priority: isPriority ? priority : undefined,
    lastModified:
      typeof lastModified === 'string' && /^[\d:.TZ+-]{10,40}$/.test(lastModified)
        ? lastModified
        : undefined,
  });
  return Object.keys(annotations).length > 0 ? annotations : undefined;
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= nameLength && isVisibleLine(value)
  );
}

/** A URI has a scheme (RFC 3986 section 3.1); what follows means something to its server alone. */
function isUri(value: unknown): value is string {
  return isAddress(value) && /^[a-z][a-z0-9+.-]*:/i.test(value);
}

/** Neither URIs nor their templates hold spaces or what nobody sees. */
function isAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= OFFERING_LIMITS.uriLength &&
    isVisibleLine(value) &&
    !/\s/.test(value)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Without the members that are undefined. */
function defined(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
