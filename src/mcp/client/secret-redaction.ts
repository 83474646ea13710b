import type { DiscoveredTool, JsonObject, ServerInfo, ToolDiscovery } from './mcp-client.ts';

/** Shorter values are no secrets, and replacing them would spoil ordinary text. In UTF-16 units. */
const MIN_SECRET_LENGTH = 8;
const REDACTED = '[redacted]';
/** No text of a server is cut to less, in UTF-16 units. */
const SHORTEST_CUT_TEXT = 100;

/**
 * Takes the secrets of a connection out of what its server says of itself and its tools: a server that repeats what it was
 * sent must not get it stored in the open, or shown to others who may use the connector.
 */
export class SecretRedaction {
  readonly #secrets: readonly string[];

  /** @param headers the secret headers of every request */
  constructor(headers: Readonly<Record<string, string>>) {
    const secrets = Object.values(headers)
      // A server may repeat a token without its scheme.
      .flatMap((value) => [value, value.replace(/^\w+ +/, '')])
      .filter((secret) => secret.length >= MIN_SECRET_LENGTH);
    // The longer first: one may be part of another.
    this.#secrets = [...new Set(secrets)].sort((a, b) => b.length - a.length);
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
    if (this.#secrets.length === 0) return { tools, warnings };
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
    const rest = this.#secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
    // Texts have been cut to their limit, maybe in the middle of a secret.
    return text.length < SHORTEST_CUT_TEXT ? rest : this.#withoutBeginning(rest);
  }

  #withoutBeginning(text: string): string {
    for (const secret of this.#secrets) {
      const longest = Math.min(secret.length, text.length);
      for (let length = longest; length >= MIN_SECRET_LENGTH; length -= 1) {
        if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}${REDACTED}`;
      }
    }
    return text;
  }
}
