import { OutboundError } from './outbound-error.ts';

/** Headers that follow from URL, body and connection. A value of the caller's could split or redirect a request. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The headers of a request, with lower-case names.
 * @throws OutboundError INVALID_REQUEST for a header of the connection; the rest is checked when it is sent
 */
export function requestHeaders(
  headers: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const out: Record<string, string> = { 'accept-encoding': 'gzip, deflate, br' };
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (CONNECTION_HEADERS.has(lower)) {
      throw new OutboundError('INVALID_REQUEST', 'The request has a header of the connection.');
    }
    out[lower] = value;
  }
  return out;
}

/** The headers of `fetch`. @throws OutboundError INVALID_REQUEST for one that HTTP does not allow */
export function fetchHeaders(headers: RequestInit['headers']): Record<string, string> {
  try {
    return Object.fromEntries(new Headers(headers));
  } catch (cause) {
    throw invalidHeader(cause);
  }
}

/** The refusal of a header that HTTP does not allow. */
export function invalidHeader(cause: unknown): OutboundError {
  return new OutboundError('INVALID_REQUEST', 'The request has a header that is not valid.', {
    cause,
  });
}
