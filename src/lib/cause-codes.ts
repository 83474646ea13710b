/** Deeper chains of causes are not followed. */
const MAX_CAUSES = 6;

/**
 * What an error and its causes call themselves, outermost first, as `CONNECT_FAILED ECONNREFUSED`: tells operators why, without
 * the text of anybody else. Codes and HTTP statuses only.
 * @returns undefined where nothing in the chain has a code
 */
export function causeCodes(error: unknown): string | undefined {
  const codes: string[] = [];
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    const code = codeOf(current);
    if (code !== undefined && code !== codes.at(-1)) codes.push(code);
    current = current.cause;
  }
  return codes.length === 0 ? undefined : codes.join(' ');
}

function codeOf(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code') ?? Reflect.get(error, 'status');
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
}
