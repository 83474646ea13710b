import type { Connector } from '../connectors/index.ts';
import { isSecretName, looksLikeKey } from './secret-text.ts';

/** A text with things in it that the user enters in the client. */
export type ExportText = readonly (string | ExportVariable)[];

/** Something that the user enters in the client. */
export interface ExportVariable {
  /** In capitals, as variables of the environment are. */
  name: string;
  /** Undefined for the endpoint of this service. */
  connectorId: string | undefined;
  place: 'header' | 'url';
  header: string | undefined;
}

/** A server as a client is told of it. */
export interface ExportedServer {
  /** Letters, digits and hyphens. */
  key: string;
  url: ExportText;
  headers: readonly { name: string; value: ExportText }[];
  transport: 'http' | 'sse';
}

/** A connector whose address can be read. */
export type ExportableConnector = Pick<
  Connector,
  'id' | 'slug' | 'authType' | 'transport' | 'knowledge' | 'credential'
> & { serverUrl: string };

/** A connector as clients are told of it: without secrets, and without parts of its address that look like a key. */
export function toExportedServer(connector: ExportableConnector): ExportedServer {
  const names = new VariableNames(connector.slug);
  const { transport, knowledge } = connector;
  const spoken = transport === 'auto' ? knowledge?.transport : transport;
  return {
    key: connector.slug,
    url: withoutKeys(connector.serverUrl, () => ({
      name: names.take('URL_KEY'),
      connectorId: connector.id,
      place: 'url',
      header: undefined,
    })),
    headers: headersOf(connector, names),
    transport: spoken === 'sse' ? 'sse' : 'http',
  };
}

/** The header that brings a token, as the user enters it. */
export function bearerHeader(name: string, connectorId: string | undefined) {
  const header = 'Authorization';
  const variable: ExportVariable = { name, connectorId, place: 'header', header };
  return { name: header, value: ['Bearer ', variable] };
}

function headersOf(
  { id, authType, credential }: ExportableConnector,
  names: VariableNames,
): ExportedServer['headers'] {
  if (authType === 'bearer') return [bearerHeader(names.take('TOKEN'), id)];
  if (authType !== 'headers') return [];
  return (credential?.headerNames ?? []).map((header) => {
    const name = names.take(header.toUpperCase().replace(/[^A-Z0-9]+/g, '_'));
    return { name: header, value: [{ name, connectorId: id, place: 'header', header }] };
  });
}

/** Names of variables that begin with the slug, each once. */
class VariableNames {
  readonly #prefix: string;
  readonly #taken = new Set<string>();

  constructor(slug: string) {
    this.#prefix = slug.toUpperCase().replaceAll('-', '_');
  }

  take(suffix: string): string {
    const base = `${this.#prefix}_${suffix}`;
    let name = base;
    for (let n = 2; this.#taken.has(name); n += 1) name = `${base}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

/** Everything between the separators of path and query, which are kept. */
const PIECES = /[^/?&=#]+|[/?&=#]/g;

function withoutKeys(serverUrl: string, variable: () => ExportVariable): ExportText {
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(serverUrl)?.[0] ?? '';
  const parts: (string | ExportVariable)[] = [origin];
  let parameter: string | undefined;
  let previous = '';
  for (const [piece] of serverUrl.slice(origin.length).matchAll(PIECES)) {
    const isValue = previous === '=';
    const isSecret = looksLikeKey(piece) || (isValue && isSecretName(parameter ?? ''));
    parts.push(isSecret ? variable() : piece);
    if (previous === '?' || previous === '&') parameter = piece;
    previous = piece;
  }
  return parts;
}
