/** An answer of the API, as far as a tour looks at it. */
export type Json = Record<string, unknown>;

/** Where the API is, and as whom it is asked. */
export interface ApiAccess {
  baseUrl: string;
  token: string;
}

/** Sends a request and reads its answer. @throws Error with what the service said, where it is no success */
export async function request(
  { baseUrl, token }: ApiAccess,
  method: string,
  path: string,
  body?: Json,
): Promise<Json> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? {} : JSON.parse(text);
  expect(isObject(answer), 'the answer is not an object');
  if (response.ok) return answer;
  throw new Error(
    `${method} ${path} answered ${response.status} ${answer['code']}: ${answer['detail'] ?? answer['title']}`,
  );
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a list; none where it is something else. */
export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** @throws Error with the message */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
