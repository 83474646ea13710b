import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** What a test server asks of its callers. */
export interface AccessOptions {
  /** The bearer token every request must carry. */
  requireBearer?: string;
  /** Headers every request must carry. */
  requireHeaders?: Readonly<Record<string, string>>;
  /** Judges the bearer token of a request. @returns the challenge of a refusal; undefined where the request may go on */
  authorize?: (
    token: string | undefined,
    headers: IncomingHttpHeaders,
  ) => string | undefined | Promise<string | undefined>;
  /** JSON documents that anybody may read, by path. */
  documents?: Readonly<Record<string, unknown>>;
}

/** Answers a document, or 401 where something is missing. @returns may the request go on? */
export async function checkAccess(
  request: IncomingMessage,
  response: ServerResponse,
  options: AccessOptions,
): Promise<boolean> {
  const document = options.documents?.[request.url ?? ''];
  if (document !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
    return false;
  }
  const challenge = await challengeOf(request, options);
  if (challenge === undefined) return true;
  const status = challenge.includes('insufficient_scope') ? 403 : 401;
  response.writeHead(status, { 'www-authenticate': challenge });
  response.end('{"error":"invalid_token"}');
  return false;
}

async function challengeOf(
  { headers }: IncomingMessage,
  { requireBearer, requireHeaders = {}, authorize }: AccessOptions,
): Promise<string | undefined> {
  const required = {
    ...requireHeaders,
    ...(requireBearer === undefined ? {} : { authorization: `Bearer ${requireBearer}` }),
  };
  const isMissing = Object.entries(required).some(
    ([name, value]) => headers[name.toLowerCase()] !== value,
  );
  if (isMissing) return 'Bearer error="invalid_token"';
  return authorize?.(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1], headers);
}
