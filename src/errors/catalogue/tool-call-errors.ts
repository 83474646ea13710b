import type { ErrorCode } from '../error-codes.ts';
import { ANSWER_LIMITS } from './answer-limits.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of tool calls. A failure that the tool or its server reports is an answer (`is_error`), and none of these. */
export const TOOL_CALL_ERRORS = {
  TOOL_NOT_FOUND: {
    retryable: false,
    cause: [
      'The user has no tool of exactly this name; upper and lower case count.',
      'Its connector was deleted, or the server did not offer the tool any more at the last sync.',
    ],
    shown: 'There is no tool with this name. Read the list of tools again, and use a name from it.',
    user: [
      'Read `GET /api/users/me/tools` again, and use a `name` exactly as it stands there, such as `issue-tracker__create_issue`. Do not put names together.',
      'Where a tool is missing that the server has, sync the connector.',
    ],
    operator: ['Nothing: the list follows what the servers offered when they were last asked.'],
  },
  NEEDS_AUTH: {
    retryable: false,
    cause: [
      'The server answered the call, or the connect before it, with 401 or 403; `reason` is `AUTH_REQUIRED` or `AUTH_FAILED`. Its credentials are missing, wrong, expired or lack a permission.',
    ],
    shown: 'The server refused its credentials. Its owner has to enter new ones.',
    user: [
      'Tell the user which connector it is (`connector_id`), and let them enter new credentials with `PUT /api/connectors/{connector_id}/credentials`.',
      'An agent should not repeat the call until then.',
    ],
    operator: [
      'Nothing: credentials come from the owner. This is never a 401, so that no frontend takes it for a logout.',
    ],
  },
  UPSTREAM_UNREACHABLE: {
    retryable: true,
    cause: [
      'The connection to the server failed or broke, or the server answered 429 or 5xx; `reason` is `CONNECTION_FAILED`.',
      'Its address is not allowed any more, or resolves to one that is not; `reason` is `BLOCKED_URL`.',
    ],
    shown: 'The server of this tool could not be reached. Try again a little later.',
    user: [
      'Send the call again with the same `Idempotency-Key`: it runs again only where it certainly did not run before. Without a key, the tool may run twice.',
      'Where it keeps failing, test the connector: the report tells more.',
    ],
    operator: [
      'See `CONNECTION_FAILED` and `BLOCKED_URL` for what can be set.',
      'The lines `connector operation` of the log name the `connector_id`, the `tool` and the `outcome`; the line `request could not be served` has the cause.',
    ],
  },
  UPSTREAM_INVALID: {
    retryable: false,
    cause: [
      'The server answered with something that is not MCP; `reason` is `INVALID_MCP_SERVER`.',
      'It speaks no version any more that is supported; `reason` is `PROTOCOL_MISMATCH`.',
      'It sent more than can be accepted; `reason` is `RESPONSE_TOO_LARGE`. That is each of the following.',
      ...ANSWER_LIMITS,
    ],
    shown:
      'The server of this tool sent an answer that cannot be used. Ask the tool for less, or test its connector to find out more.',
    user: [
      'The tool may have run: look before you call it again.',
      'Where `reason` is `RESPONSE_TOO_LARGE`, ask the tool for less, such as fewer results in a page. Where that does not help, the server sends more than its answer, and only who runs it can mend that.',
      'Otherwise test the connector: the report tells more. It calls no tool, so it may pass although a tool fails.',
    ],
    operator: [
      'The line `request could not be served` of the log has the cause. The fault lies with the server; the limits are fixed.',
    ],
  },
  UPSTREAM_TIMEOUT: {
    retryable: false,
    cause: [
      'The call, with the connect where one was needed, did not end within 60 seconds.',
      'The connect alone took longer than 10 seconds.',
    ],
    shown:
      'The server of this tool did not answer in time. Look whether the tool did its work before you call it again.',
    user: [
      'Whether the tool ran is unknown: look before you call it again.',
      'Split long work, or use a tool that starts it and another that asks for its result.',
    ],
    operator: [
      'The times are fixed. A proxy in front of the service has to wait for more than 60 seconds.',
      'Compare with `http_server_request_duration_seconds` in `/metrics`, whether other calls are slow as well.',
    ],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
