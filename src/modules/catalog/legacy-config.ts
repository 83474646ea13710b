import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { canParseUrl } from '../../lib/can-parse-url.ts';
import { tryParseJson } from '../../lib/try-parse-json.ts';
import type { CatalogEntry } from './catalog-entry.ts';

/** What an older installation says of a server: a command to start, or a URL. */
const LegacyConfig = Type.Object({
  command: Type.Optional(Type.Unknown()),
  url: Type.Optional(Type.Unknown()),
  transport: Type.Optional(Type.Unknown()),
  type: Type.Optional(Type.Unknown()),
  headers: Type.Optional(Type.Unknown()),
});
const Headers = Type.Record(Type.String(), Type.String());

/** What becomes of a configuration. */
export type ConfigPlan =
  /** It is to say this. */
  | { kind: 'rewrite'; config: string }
  /** It says so already. */
  | { kind: 'current' }
  /** It leads somewhere else, and somebody meant that. */
  | { kind: 'kept' }
  | { kind: 'unreadable' };

/**
 * What the configuration of a catalog server is to be: one that names a command, or `stdio`, becomes the address of the entry, with the headers it
 * had. A configuration that leads somewhere is left alone, so that planning twice plans nothing.
 */
export function planConfig(
  text: string,
  { url, transport }: Pick<CatalogEntry, 'url' | 'transport'>,
): ConfigPlan {
  const config = parse(text);
  if (config === undefined) return { kind: 'unreadable' };
  // Its server has no address of its own.
  if (url === undefined) return { kind: 'kept' };
  if (config.url === url && config.transport === transport && config.command === undefined) {
    return { kind: 'current' };
  }
  const isStarted =
    config.command !== undefined || [config.transport, config.type].includes('stdio');
  if (!isStarted) return { kind: 'kept' };
  const { headers } = config;
  const kept = Value.Check(Headers, headers) && Object.keys(headers).length > 0 ? { headers } : {};
  return { kind: 'rewrite', config: JSON.stringify({ url, transport, ...kept }) };
}

/** A configuration to be shown: what may be secret is left out, and the form is kept. */
export function showConfig(text: string): string {
  const shown = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map(() => '…');
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, shown(inner, key)]),
      );
    }
    return SHOWN.has(name) && typeof value === 'string' ? withoutQuery(value) : '…';
  };
  const config = parse(text);
  if (config === undefined) return '(not readable)';
  return JSON.stringify(
    Object.fromEntries(Object.entries(config).map(([name, value]) => [name, shown(value, name)])),
  );
}

/** Members whose values are no secrets. */
const SHOWN = new Set(['command', 'transport', 'type', 'url']);

/** A query may carry a key; so may the user part of a URL, which no command has. */
function withoutQuery(text: string): string {
  if (!canParseUrl(text) || !text.includes('://')) return text;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

function parse(text: string): Static<typeof LegacyConfig> | undefined {
  const config = tryParseJson(text);
  return Value.Check(LegacyConfig, config) ? config : undefined;
}
