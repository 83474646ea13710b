import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const Url = { pattern: '^https?://[^\\s?#@]+$', maxLength: 2048 } as const;

/** Every setting of the Gmail server, an environment variable each. It is a program of its own, and so are its settings. */
const SETTINGS = Type.Object({
  GMAIL_HOST: Type.String({ default: '127.0.0.1' }),
  GMAIL_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8090 }),
  GMAIL_PUBLIC_URL: Type.Optional(Type.String(Url)),
  GMAIL_API_URL: Type.String({ ...Url, default: 'https://gmail.googleapis.com' }),
  GMAIL_AUTHORIZATION_SERVER: Type.String({ ...Url, default: 'https://accounts.google.com' }),
  LOG_LEVEL: Type.Union(
    [Type.Literal('info'), Type.Literal('warn'), Type.Literal('error'), Type.Literal('silent')],
    { default: 'info' },
  ),
  OUTBOUND_CA_FILE: Type.Optional(Type.String()),
  HTTPS_PROXY: Type.Optional(Type.String()),
  NO_PROXY: Type.String({ default: '' }),
});

/** What the Gmail server runs with. */
export interface GmailSettings {
  host: string;
  port: number;
  /** Under which address its callers reach it, without a slash at its end; undefined for the one it listens on. */
  publicUrl: string | undefined;
  /** Where Gmail's REST API is, without a slash at its end. */
  apiUrl: string;
  /** Issuer of the tokens that Gmail takes. */
  issuer: string;
  logLevel: 'info' | 'warn' | 'error' | 'silent';
  /** File with further certificate authorities. */
  caFile: string | undefined;
  /** The proxy for https, and what is reached without it; undefined where all is. */
  proxy: { url: string; noProxy: readonly string[] } | undefined;
}

/** What is wrong with the environment. The message repeats no value. */
class GmailSettingsError extends Error {
  override readonly name = 'GmailSettingsError';
}

/**
 * Reads the settings from environment variables; an empty one counts as absent.
 * @throws GmailSettingsError that names all that are not valid
 */
export function loadGmailSettings(
  env: Readonly<Record<string, string | undefined>>,
): GmailSettings {
  const given = Object.keys(SETTINGS.properties).flatMap((name) => {
    const text = env[name]?.trim();
    return text === undefined || text === '' ? [] : [[name, text]];
  });
  const values = Value.Default(SETTINGS, Value.Convert(SETTINGS, Object.fromEntries(given)));
  if (!Value.Check(SETTINGS, values)) {
    const names = [...Value.Errors(SETTINGS, values)].map(({ path }) => path.slice(1));
    throw new GmailSettingsError(`Not valid: ${[...new Set(names)].join(', ')}.`);
  }
  const { HTTPS_PROXY: proxy, NO_PROXY: noProxy, GMAIL_PUBLIC_URL: publicUrl } = values;
  return {
    host: values.GMAIL_HOST,
    port: values.GMAIL_PORT,
    publicUrl: publicUrl === undefined ? undefined : withoutSlash(publicUrl),
    apiUrl: withoutSlash(values.GMAIL_API_URL),
    issuer: withoutSlash(values.GMAIL_AUTHORIZATION_SERVER),
    logLevel: values.LOG_LEVEL,
    caFile: values.OUTBOUND_CA_FILE,
    proxy: proxy === undefined ? undefined : { url: proxy, noProxy: noProxy.split(/[\s,]+/) },
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
