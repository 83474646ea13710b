import { hasSecretInUrl, isBlank, isPlainHeader, looksLikeKey } from './secret-text.ts';
import type { EntryHeader, RemoteServer } from './server-entry.ts';
import { type Template, type VariableSource, variablesOf } from './template.ts';

/** Something that a file only names, or a value in it that looks like a secret; never the value. */
export interface EntrySecret {
  /** As `env:API_KEY`, `input:api-key`, `header:X-Api-Key`, `url`. */
  name: string;
  place: 'header' | 'url';
  /** The header it is for. */
  header: string | undefined;
  source: VariableSource | 'file' | 'blank';
  /** False where the file has a default. */
  isRequired: boolean;
}

/** What replaces the whole value of a header. */
export const headerSecret = (name: string) => `header:${name}`;
/** What replaces the whole address. */
export const URL_SECRET = 'url';

/** Secrets of one entry, beyond which it is refused. */
export const MAX_SECRETS = 40;

/** Everything of a server that is a secret, or depends on somebody to give a value. */
export function secretsOf(server: RemoteServer): EntrySecret[] {
  const found = [...urlSecrets(server.url), ...server.headers.flatMap(headerSecrets)];
  const seen = new Set<string>();
  return found.filter(({ name, header }) => {
    const key = `${name}\n${header ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** As manuals have it: `https://mcp.example.com/<YOUR_KEY>/mcp`. */
const BLANK_IN_URL = /<[^<>]+>|\{\{?[^{}]+\}\}?/;

function urlSecrets(url: Template): EntrySecret[] {
  const secrets: EntrySecret[] = [];
  // A variable keeps its place, so that the parameter it is the value of is not empty, but says nothing.
  const literal = url.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const source = BLANK_IN_URL.test(literal) ? 'blank' : 'file';
  if (source === 'blank' || hasSecretInUrl(literal)) {
    secrets.push({ name: URL_SECRET, place: 'url', header: undefined, source, isRequired: true });
  }
  return [...secrets, ...variables(url, { place: 'url', header: undefined })];
}

function headerSecrets({ name, value }: EntryHeader): EntrySecret[] {
  const own = (source: 'file' | 'blank'): EntrySecret => ({
    name: headerSecret(name),
    place: 'header',
    header: name,
    source,
    isRequired: true,
  });
  const named = variables(value, { place: 'header', header: name });
  const literal = value.map((part) => (part.kind === 'text' ? part.text : '')).join(' ');
  if (named.length > 0) return looksLikeKey(literal) ? [own('file'), ...named] : named;
  if (isBlank(literal)) return [own('blank')];
  return isPlainHeader(name, literal) ? [] : [own('file')];
}

function variables(
  template: Template,
  where: Pick<EntrySecret, 'place' | 'header'>,
): EntrySecret[] {
  return variablesOf(template).map(({ name, source, fallback }) =>
    // A default stands in the file like any other value.
    isSecretDefault(fallback, where.header)
      ? { name, ...where, source: 'file', isRequired: true }
      : { name, ...where, source, isRequired: fallback === undefined },
  );
}

function isSecretDefault(fallback: string | undefined, header: string | undefined): boolean {
  if (fallback === undefined || fallback === '') return false;
  return header === undefined
    ? hasSecretInUrl(fallback) || looksLikeKey(fallback)
    : !isPlainHeader(header, fallback);
}
