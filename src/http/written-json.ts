/** The part of a Fastify reply that is used. */
interface JsonReply {
  getSerializationFunction(status: string, contentType: string): Serializer | undefined;
  type(contentType: string): unknown;
  send(body: unknown): unknown;
}

type Serializer = (payload: { [name: string]: unknown }) => string;

/**
 * Writes a body as the operation's own serializer does, for answers that are sent more than once.
 * @throws Error where the operation declares no JSON for a success: nothing would keep undeclared fields from leaving
 */
export function writeJson(reply: JsonReply, body: object): Buffer {
  const serialize = reply.getSerializationFunction('200', 'application/json');
  if (serialize === undefined) throw new Error('The operation declares no JSON.');
  return Buffer.from(serialize({ ...body }));
}

/** Sends what {@link writeJson} wrote: it is not written, and not checked, again. */
export function sendJson(reply: JsonReply, json: Buffer): void {
  reply.type('application/json; charset=utf-8');
  reply.send(json);
}
