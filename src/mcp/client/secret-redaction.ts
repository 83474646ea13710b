import { canParseUrl } from '../../lib/can-parse-url.ts';
import type {
  DiscoveredTool,
  JsonObject,
  McpTarget,
  ServerInfo,
  ToolDiscovery,
} from './mcp-client.ts';
import { OFFERING_KINDS, type OfferingDiscovery } from './server-offerings.ts';

const REDACTED = '[redacted]';
/** Shorter values are no secrets, and replacing them would spoil ordinary text. In UTF-16 units. */
const MIN_HEADER_LENGTH = 8;
/** Parts of a URL are ordinary words more often. */
const MIN_URL_PART_LENGTH = 16;
/** So much of the beginning of a secret counts as the secret: texts are cut, maybe in the middle of one. */
const NEEDLE_LENGTH = 12;

/** Secrets that begin alike, and the beginning that is looked for. */
type Secret = readonly [needle: string, values: readonly string[]];

/**
 * Takes the secrets of a connection out of what its server says of itself and its tools: a server that repeats what it was
 * sent must not get it stored in the open, or shown to others who may use the connector. The time it takes grows with the
 * length of the texts only, whatever server and owner make up together.
 */
export class SecretRedaction {
  readonly #secrets: readonly Secret[];

  /** @param target the secret headers of every request, and the URL, which may carry a key in its path or query */
  constructor({ url, secretHeaders }: Pick<McpTarget, 'url' | 'secretHeaders'>) {
    const values = [...Object.values(secretHeaders).flatMap(secretsOfHeader), ...secretsOfUrl(url)];
    const byNeedle = new Map<string, string[]>();
    for (const value of new Set(values)) {
      const needle = value.slice(0, NEEDLE_LENGTH);
      byNeedle.set(needle, [...(byNeedle.get(needle) ?? []), value]);
    }
    this.#secrets = [...byNeedle];
  }

  ofServer(info: ServerInfo | undefined): ServerInfo | undefined {
    if (info === undefined) return undefined;
    const { name, version, title } = info;
    return {
      name: this.#ofText(name),
      version: this.#ofText(version),
      title: title === undefined ? undefined : this.#ofText(title),
    };
  }

  /** A tool with a secret in its name is left out: by another name it could not be called. */
  ofDiscovery({ tools, warnings }: ToolDiscovery): ToolDiscovery {
    const text = JSON.stringify([tools, warnings]);
    // In JSON text, as it is found there.
    const isRepeated = ([needle]: Secret) => text.includes(JSON.stringify(needle).slice(1, -1));
    if (!this.#secrets.some(isRepeated)) return { tools, warnings };
    const isNamed = ({ name }: DiscoveredTool) => this.#ofText(name) === name;
    const refused = tools.filter((tool) => !isNamed(tool));
    return {
      tools: tools.filter(isNamed).map((tool) => this.#ofTool(tool)),
      warnings: [
        ...warnings.map(({ tool, reason }) => ({ tool: this.#ofText(tool), reason })),
        ...refused.map(({ name }) => ({
          tool: this.#ofText(name),
          reason: 'Its name repeats a credential of the connector.',
        })),
      ],
    };
  }

  /** What has a secret in its name or URI is left out: by another one it could not be asked for. */
  ofOfferings(discovery: OfferingDiscovery): OfferingDiscovery {
    const clean: OfferingDiscovery = {};
    for (const kind of OFFERING_KINDS) {
      const offerings = discovery[kind]
        ?.filter(({ key }) => this.#ofText(key) === key)
        .map(({ key, definition }) => ({ key, definition: this.#ofObject(definition) }));
      if (offerings !== undefined) clean[kind] = offerings;
    }
    return clean;
  }

  #ofTool(tool: DiscoveredTool): DiscoveredTool {
    const { title, description, inputSchema, outputSchema, annotations } = tool;
    return {
      name: tool.name,
      title: title === undefined ? undefined : this.#ofText(title),
      description: description === undefined ? undefined : this.#ofText(description),
      inputSchema: this.#ofObject(inputSchema),
      outputSchema: outputSchema === undefined ? undefined : this.#ofObject(outputSchema),
      annotations: annotations === undefined ? undefined : this.#ofObject(annotations),
    };
  }

  #ofObject(value: JsonObject): JsonObject {
    const members = Object.entries(value).map(([name, member]): [string, unknown] => [
      this.#ofText(name),
      this.#ofValue(member),
    ]);
    return Object.fromEntries(members);
  }

  #ofValue(value: unknown): unknown {
    if (typeof value === 'string') return this.#ofText(value);
    if (Array.isArray(value)) return value.map((item) => this.#ofValue(item));
    if (typeof value !== 'object' || value === null) return value;
    return this.#ofObject(Object.fromEntries(Object.entries(value)));
  }

  #ofText(text: string): string {
    return this.#secrets.reduce(redact, text);
  }
}

function redact(text: string, [needle, values]: Secret): string {
  let at = text.indexOf(needle);
  if (at === -1) return text;
  let clean = '';
  let from = 0;
  for (; at !== -1; at = text.indexOf(needle, from)) {
    clean += `${text.slice(from, at)}${REDACTED}`;
    from = at + Math.max(...values.map((value) => commonLength(text, at, value)));
  }
  return clean + text.slice(from);
}

/** How much of `value` stands in the text at `at`. */
function commonLength(text: string, at: number, value: string): number {
  let length = 0;
  while (length < value.length && text[at + length] === value[length]) length += 1;
  return length;
}

/** A server may repeat a token without its scheme, and what `Basic` encodes (RFC 7617). */
function secretsOfHeader(value: string): string[] {
  const [, scheme = '', rest = ''] = /^(\w+) +(.*)$/.exec(value) ?? [];
  const bare = rest.length >= MIN_HEADER_LENGTH ? rest : value;
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(rest, 'base64').toString() : '';
  const password = pair.slice(pair.indexOf(':') + 1);
  return [bare, pair, password].filter((secret) => secret.length >= MIN_HEADER_LENGTH);
}

function secretsOfUrl(url: string): string[] {
  if (!canParseUrl(url)) return [];
  const { pathname, search, searchParams } = new URL(url);
  const encoded = [...pathname.split('/'), ...search.split(/[?&=]/)];
  return [...encoded, ...encoded.map(decodeOrKeep), ...searchParams.values()].filter(
    (part) => part.length >= MIN_URL_PART_LENGTH,
  );
}

function decodeOrKeep(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
