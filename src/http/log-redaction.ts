/** Fields that hold secrets wherever they stand, in lower case and without `-` and `_`. */
const SECRET_FIELDS = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'token',
  'ticket',
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
  if (Array.isArray(value)) return value.map((item) => redactInner(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretField(name) ? REDACTED : redactInner(item, depth - 1),
    ]),
  );
}

/** The serializers of the logger do not reach errors inside of other values. */
function redactInner(value: unknown, depth: number): unknown {
  return value instanceof Error ? serializeError(value) : redactValue(value, depth);
}

/** Characters of a text that are looked at and logged; it may come from a server, and be as long as it likes. */
export const MAX_TEXT = 2_000;

// A server may have written the text. Each pattern takes linear time: wherever it can begin, what it has read before
// it fails cannot be the beginning of another attempt.
const SECRET_TEXT: readonly [RegExp, string][] = [
  // JSON Web Tokens, also where they were cut
  [/\beyJ[\w-]{5,2000}(?:\.[\w-]{0,2000}){0,2}/g, REDACTED],
  [/\b(bearer|basic)\s{1,20}[\w.~+/=-]{4,2000}/gi, `$1 ${REDACTED}`],
  // URLs: their user, and everything after the origin; many servers carry a key in the path or query.
  [
    /:\/\/(?:[^\s/?#"'<>]{0,2000}@)?([^\s/?#"'<>@]{0,2000})[/?#][^\s"'<>]{0,2000}/g,
    `://$1/${REDACTED}`,
  ],
  [/:\/\/[^\s/?#"'<>]{0,2000}@/g, '://'],
];

/**
 * The first {@link MAX_TEXT} characters of a text, without tokens, and with URLs cut to their origin. A second net:
 * secrets should not get this far.
 */
export function redactText(text: string): string {
  return SECRET_TEXT.reduce((result, [pattern, by]) => result.replace(pattern, by), cut(text));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** Deeper chains of causes are not followed. */
const MAX_CAUSES = 4;

/** What is below these was written by a server, or by a library that quotes it. */
const FAILED_EXCHANGES = new Set(['McpFailure', 'OutboundError']);

/** Their messages quote what they could not read: the answer of a server, a request, a stored secret. */
const QUOTING_ERRORS = new Set([
  'SyntaxError',
  'ProtocolError',
  'SdkError',
  'SdkHttpError',
  'SseError',
  'OAuthError',
  'UnauthorizedError',
]);

/**
 * An error in the log: what happened and where, never the further fields libraries attach (requests, headers,
 * bodies). Of the causes of a failed exchange with a server only type and code: a server may answer with the secret
 * it was sent.
 */
export function serializeError(error: unknown): Record<string, unknown> {
  return serialize(error, { depth: MAX_CAUSES, quotes: false });
}

function serialize(
  error: unknown,
  { depth, quotes }: { depth: number; quotes: boolean },
): Record<string, unknown> {
  if (!(error instanceof Error)) return serializeThrown(error, quotes);
  const { name, cause } = error;
  const isQuote = quotes || QUOTING_ERRORS.has(name);
  const below = { depth: depth - 1, quotes: isQuote || FAILED_EXCHANGES.has(name) };
  return {
    type: isWord(name) ? name : 'Error',
    ...('code' in error && isWord(error.code) && { code: error.code }),
    ...(!isQuote && { message: redactText(String(error.message)) }),
    ...(!quotes && { stack: stackOf(error, { isQuote }) }),
    ...(cause !== undefined && depth > 0 && { cause: serialize(cause, below) }),
  };
}

function serializeThrown(thrown: unknown, quotes: boolean): Record<string, unknown> {
  const type = typeof thrown;
  // Turning an object into text would run its code.
  if (quotes || type === 'object' || type === 'function') return { type };
  return { type, message: redactText(String(thrown)) };
}

/** Names and codes of libraries are words. Anything else may be a text in their place. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}

/**
 * The calls that led to an error, without the message before them. They name files of the service, which the pattern
 * for URLs would cut away.
 */
function stackOf({ stack, name, message }: Error, { isQuote }: { isQuote: boolean }): string {
  if (typeof stack !== 'string' || !isWord(name)) return '';
  const head = /^[^\n]{0,100}?(?:: |(?=\n))/.exec(stack)?.[0] ?? '';
  if (stack.startsWith(`${message}\n    at `, head.length)) {
    return cut(stack.slice(head.length + message.length + 1));
  }
  // Whatever stands between another message and the calls was not written by the engine.
  return isQuote ? '' : redactText(stack);
}
