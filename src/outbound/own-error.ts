/**
 * An error whose message is a sentence of ours. Its causes keep name and code only: the messages of libraries quote what a
 * server sent or hold the addresses a name resolves to, and errors get logged.
 */
export abstract class OwnError extends Error {
  constructor(message: string, { cause }: { cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause: withoutText(cause) });
  }
}

/** What is left of an error of somebody else: its name and code, and those of its causes. */
class ForeignError extends OwnError {
  override readonly name: string;
  /** As of Node (ECONNREFUSED), a library, or JSON-RPC; undefined where it has none, or one that may be text. */
  readonly code: string | number | undefined;

  constructor(error: unknown, cause?: OwnError) {
    super('Its message is not kept.', { cause });
    this.name = error instanceof Error && isWord(error.name) ? error.name : 'ForeignError';
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    this.code = typeof code === 'number' || isWord(code) ? code : undefined;
  }
}

/** Deeper chains of causes are not followed. */
const MAX_CAUSES = 5;

function withoutText(error: unknown, depth = 1): OwnError {
  if (error instanceof OwnError) return error;
  const hasCause = error instanceof Error && error.cause !== undefined && depth < MAX_CAUSES;
  const cause = hasCause ? withoutText(error.cause, depth + 1) : undefined;
  return new ForeignError(error, cause);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}
