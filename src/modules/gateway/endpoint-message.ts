import type { AppError } from '../../errors/app-error.ts';
import { ERROR_CODES, type ErrorCode } from '../../errors/error-codes.ts';
import type { Scope } from '../../tenancy/caller.ts';

/** What has to be known of a message before it is answered. */
export interface EndpointMessage {
  /** Null where there is none, or it cannot be read. */
  id: string | number | null;
  /** Empty where the body is no request and no notification. */
  method: string;
}

/** Reads the id and the method of a body, whatever it is. */
export function readMessage(body: unknown): EndpointMessage {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return NOTHING;
  const { id, method }: { id?: unknown; method?: unknown } = body;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    method: typeof method === 'string' ? method : '',
  };
}

const NOTHING: EndpointMessage = { id: null, method: '' };

/** Methods that make a server of the user do something. */
const CALLS: ReadonlySet<string> = new Set([
  'tools/call',
  'prompts/get',
  'resources/read',
  'completion/complete',
]);

/** The scopes of which one is needed. A handshake tells nothing of the user, so that either will do. */
export function neededScope({ method }: EndpointMessage): Scope[] {
  if (CALLS.has(method)) return ['tools:call'];
  return method.includes('list') ? ['tools:read'] : ['tools:read', 'tools:call'];
}

/** JSON-RPC 2.0, and the first of the codes that a server may choose the meaning of. */
const RPC_CODE: Partial<Record<ErrorCode, number>> = {
  MALFORMED_REQUEST: -32700,
  VALIDATION_FAILED: -32600,
  INTERNAL: -32603,
};
const SERVER_ERROR = -32000;

/** An error as JSON-RPC, with the code of ours that a program can act on. */
export function errorBody(
  { code, options }: AppError,
  { id }: EndpointMessage,
  requestId: string,
): string {
  const { title } = ERROR_CODES[code];
  const message = options.detail === undefined ? title : `${title} ${options.detail}`;
  const data = { code, request_id: requestId };
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    error: { code: RPC_CODE[code] ?? SERVER_ERROR, message, data },
  });
}
