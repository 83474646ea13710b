/** Fields that hold secrets wherever they stand, in lower case and without `-` and `_`. */
const SECRET_FIELDS = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'secret',
  'clientsecret',
  'password',
  'passphrase',
  'apikey',
  'xapikey',
  'credential',
  'credentials',
  'headers',
  'encryptionkeys',
  'databaseurl',
  'jwtsecret',
]);

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Deeper structures are not logged at all. */
const MAX_DEPTH = 5;

/**
 * A copy of a log entry's fields without secrets: fields that are named like one, and text that looks like one.
 * Errors are left to {@link serializeError}.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isSecretField(name) ? REDACTED : redactValue(value, MAX_DEPTH),
    ]),
  );
}

function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (value instanceof Date) return value;
  if (depth === 0) return '[nested]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretField(name) ? REDACTED : redactValue(item, depth - 1),
    ]),
  );
}

const SECRET_TEXT: readonly [RegExp, string][] = [
  // JSON Web Tokens
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, REDACTED],
  [/\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${REDACTED}`],
  // URLs: their user, and everything after the origin; many servers carry a key in the path or query.
  [
    /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'<>@]*@)?([^\s/?#"'<>]*)[/?#][^\s"'<>]*/gi,
    `$1$2/${REDACTED}`,
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>@]*@/gi, '$1'],
];

/** Text without tokens, and with URLs cut to their origin. A second net: secrets should not get this far. */
export function redactText(text: string): string {
  return SECRET_TEXT.reduce((result, [pattern, by]) => result.replace(pattern, by), text);
}

/** An error in the log: what happened and where, never the further fields libraries attach (requests, headers, bodies). */
export function serializeError(error: unknown, depth = 3): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error, message: redactText(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause =
    error.cause === undefined || depth === 0
      ? {}
      : { cause: serializeError(error.cause, depth - 1) };
  return {
    type: error.name,
    message: redactText(error.message),
    ...code,
    stack: redactStack(error),
    ...cause,
  };
}

/** The lines of a stack name files of the service, which the pattern for URLs would cut away. */
function redactStack(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  const firstCall = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstCall === -1) return redactText(lines.join('\n'));
  return [redactText(lines.slice(0, firstCall).join('\n')), ...lines.slice(firstCall)].join('\n');
}
