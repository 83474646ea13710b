import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a test server asks of its callers. */
export interface AccessOptions {
  /** The bearer token every request must carry. */
  requireBearer?: string;
  /** Headers every request must carry. */
  requireHeaders?: Readonly<Record<string, string>>;
}

/** Answers 401 where something is missing. @returns may the request go on? */
export function checkAccess(
  request: IncomingMessage,
  response: ServerResponse,
  { requireBearer, requireHeaders = {} }: AccessOptions,
): boolean {
  const required = {
    ...requireHeaders,
    ...(requireBearer === undefined ? {} : { authorization: `Bearer ${requireBearer}` }),
  };
  const missing = Object.entries(required).some(
    ([name, value]) => request.headers[name.toLowerCase()] !== value,
  );
  if (missing) {
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' });
    response.end('{"error":"invalid_token"}');
  }
  return !missing;
}
