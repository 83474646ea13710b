/**
 * Every `code` a client can see, with the one HTTP status and the sentence it maps to.
 * Mirrors `ErrorCode` in `openapi/components.yaml`; a test compares the two both ways.
 */
export const ERROR_CODES = {
  // The request itself
  MALFORMED_REQUEST: { status: 400, title: 'The request could not be read.' },
  INVALID_CURSOR: { status: 400, title: 'The cursor is not one this list has given out.' },
  UNAUTHENTICATED: { status: 401, title: 'A valid access token is required.' },
  FORBIDDEN: { status: 403, title: 'The access token does not allow this operation.' },
  NOT_FOUND: { status: 404, title: 'There is no such resource.' },
  PROJECT_NOT_FOUND: { status: 404, title: 'The access token names no such project.' },
  PROJECT_ADMIN_REQUIRED: { status: 403, title: 'Only admins of the project may do this.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This resource does not support the method.' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request was not received in time.' },
  PRECONDITION_FAILED: { status: 412, title: 'The resource has changed since it was read.' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The request body is too large.' },
  URI_TOO_LONG: { status: 414, title: 'The request URL is too long.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The request body must be application/json.' },
  VALIDATION_FAILED: { status: 422, title: 'The request does not match the API contract.' },
  RATE_LIMITED: { status: 429, title: 'Too many requests.' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The request headers are too large.' },
  INTERNAL: { status: 500, title: 'The service failed to answer the request.' },
  OVERLOADED: { status: 503, title: 'The service is busy. Try again shortly.' },
  NOT_READY: { status: 503, title: 'The service is not ready. Try again shortly.' },

  // Idempotency-Key
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'This Idempotency-Key was used with a different request.',
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    title: 'A request with this Idempotency-Key is still in progress.',
  },
  IDEMPOTENCY_NOT_REPLAYABLE: {
    status: 409,
    title:
      'The request with this Idempotency-Key was served, but its answer was too large to keep.',
  },

  // Connectors and credentials
  CONNECTOR_NOT_FOUND: { status: 404, title: 'There is no such connector.' },
  CONNECTOR_NAME_TAKEN: { status: 409, title: 'Another connector already has this name.' },
  CONNECTOR_LIMIT_REACHED: { status: 409, title: 'The maximum number of connectors is reached.' },
  CONNECTOR_CHANGED: {
    status: 409,
    title: 'The connector was changed while it was being tested. Nothing was saved.',
  },
  CONNECTOR_DISABLED: { status: 409, title: 'The connector is disabled.' },
  CREDENTIALS_NOT_FOUND: { status: 404, title: 'The connector has no stored credentials.' },
  CREDENTIALS_REQUIRED: {
    status: 422,
    title: 'Stored credentials are bound to their URL. Send them again with the new URL.',
  },
  CREDENTIALS_INVALID: {
    status: 422,
    title: 'The credentials do not fit the authentication type or break a header rule.',
  },

  CONNECTOR_MANAGED: {
    status: 409,
    title: 'The catalog decides this about the connector, not its owner.',
  },

  TEST_LIMIT_REACHED: { status: 429, title: 'Too many connection tests are running.' },
  IMPORT_UNREADABLE: { status: 422, title: 'The configuration file cannot be read.' },

  // The catalog
  CATALOG_ENTRY_NOT_FOUND: { status: 404, title: 'There is no such entry in the catalog.' },
  CATALOG_ENTRY_CLOSED: { status: 409, title: 'The entry needs a feature that is not open here.' },
  CATALOG_ENTRY_NOT_ENABLED: { status: 409, title: 'The entry is not switched on here.' },
  SETTINGS_INVALID: { status: 422, title: 'The settings do not fit the entry.' },
  DEPLOYMENT_REQUIRED: { status: 409, title: 'The server of the entry is not deployed.' },

  // Deployments
  DEPLOYMENT_NOT_FOUND: { status: 404, title: 'There is no such deployment.' },
  DEPLOYMENT_NOT_POSSIBLE: { status: 422, title: 'The server of this entry is not deployed here.' },
  DEPLOYMENT_CHANGED: { status: 409, title: 'The deployment was changed meanwhile.' },

  // Managed servers and where they run
  RUNTIME_NOT_CONFIGURED: { status: 409, title: 'There is no place where the server could run.' },
  RUNTIME_UNREACHABLE: { status: 502, title: 'The place where the server runs cannot be reached.' },
  RUNTIME_REFUSED: { status: 409, title: 'The place where the server is to run refused it.' },
  LAUNCH_NOT_ALLOWED: { status: 422, title: 'The server may not be started where it is to run.' },
  LAUNCH_NOT_FOUND: { status: 502, title: 'The program of the server is not where it is to run.' },
  SERVER_EXITED: { status: 502, title: 'The server ended by itself, again and again.' },
  SERVER_OUT_OF_MEMORY: { status: 502, title: 'The server used more memory than it may.' },
  SERVER_NOT_READY: { status: 504, title: 'The server did not become ready in time.' },

  // Signing in to a server
  SIGN_IN_NOT_POSSIBLE: { status: 422, title: 'It is not possible to sign in to this server.' },
  SIGN_IN_FAILED: { status: 422, title: 'The server did not accept the sign-in.' },
  AUTHORIZATION_NOT_FOUND: { status: 404, title: 'There is no such sign-in.' },
  AUTHORIZATION_UNUSABLE: { status: 409, title: 'The sign-in cannot be completed, or not again.' },

  // Verdicts of a connection test; a failed save answers 422 with one of these
  INVALID_URL: { status: 422, title: 'The server URL is not valid.' },
  BLOCKED_URL: { status: 422, title: 'The server URL points to an address that is not allowed.' },
  CONNECTION_FAILED: { status: 422, title: 'The server could not be reached.' },
  TIMEOUT: { status: 422, title: 'The server did not answer in time.' },
  AUTH_FAILED: { status: 422, title: 'The server refused the credentials.' },
  AUTH_REQUIRED: { status: 422, title: 'The server requires credentials.' },
  INVALID_MCP_SERVER: { status: 422, title: 'The URL does not answer as an MCP server.' },
  PROTOCOL_MISMATCH: { status: 422, title: 'The server speaks no supported MCP version.' },
  RESPONSE_TOO_LARGE: { status: 422, title: 'The server sent more than can be accepted.' },

  // Tool calls
  TOOL_NOT_FOUND: { status: 404, title: 'There is no such tool.' },
  TOOL_CHANGED: {
    status: 409,
    title: 'The definition of the tool is not the one that was expected.',
  },
  REQUEST_STATE_INVALID: {
    status: 422,
    title: 'The requestState was not given out for this call, or has expired.',
  },
  TOOL_DISABLED: { status: 409, title: 'The tool is switched off.' },
  TOOL_NOT_APPROVED: { status: 409, title: 'The tool is held back until it is approved.' },
  NEEDS_AUTH: { status: 409, title: 'The server needs its owner to sign in again.' },
  UPSTREAM_UNREACHABLE: { status: 502, title: 'The MCP server could not be reached.' },
  UPSTREAM_INVALID: { status: 502, title: 'The MCP server sent an answer that is not usable.' },
  UPSTREAM_TIMEOUT: { status: 504, title: 'The MCP server did not answer in time.' },
  SESSION_LIMIT_REACHED: { status: 429, title: 'Too many sessions with MCP servers are in use.' },
  SESSIONS_EXHAUSTED: {
    status: 503,
    title: 'All sessions with MCP servers that the service can hold are in use.',
  },
} as const satisfies Record<string, { status: number; title: string }>;

/** A code of the closed list. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a text is a code of the closed list. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** The last part of the address of a code's page, as `connection-failed`. */
export function errorSlug(code: ErrorCode): string {
  return code.toLowerCase().replaceAll('_', '-');
}
