import type { ErrorCode } from '../error-codes.ts';
import { ANSWER_LIMITS } from './answer-limits.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of tool calls. A failure that the tool or its server reports is an answer (`is_error`), and none of these. */
export const TOOL_CALL_ERRORS = {
  TOOL_NOT_FOUND: {
    retryable: false,
    cause: [
      'The user has no tool of exactly this name, or the connector none with this id; upper and lower case count.',
      'Its connector was deleted, or the server did not offer the tool any more at the last sync.',
    ],
    shown: 'There is no tool with this name. Read the list of tools again, and use a name from it.',
    user: [
      'Read `GET /api/users/me/tools` again, and use a `name` exactly as it stands there, such as `issue-tracker__create_issue`. Do not put names together.',
      'Where a tool is missing that the server has, sync the connector.',
    ],
    operator: ['Nothing: the list follows what the servers offered when they were last asked.'],
  },
  TOOL_CHANGED: {
    retryable: false,
    cause: [
      'The definition of the tool that is stored now has another hash than the `definition_hash` of the call: its server changed the name, the description or a schema since the agent read the list.',
      'The same for an approval: the tool is not the one any more that somebody looked at. Nothing was approved; `tool_ids` names the tools.',
    ],
    shown:
      'The tool is not the one the agent knows any more, so it was not called. Read the list of tools again, then decide anew.',
    user: [
      'Let the agent read `GET /api/users/me/tools` again, and decide anew whether to call the tool, and with what. The `definition_hash` of this answer is that of the tool as it is now.',
      'A call without `definition_hash` takes the tool as it is.',
      'To approve a tool, read it again and show it to the user again.',
    ],
    operator: ['Nothing: this keeps an agent from calling a tool that its server exchanged.'],
  },
  REQUEST_STATE_INVALID: {
    retryable: false,
    cause: [
      'Only the MCP endpoint answers with it. A tool asked its user for input, and the client went on with a `requestState` that it did not get for this very call: of the same user, tool and arguments, and with the connector as it was then.',
      'The user took more than 10 minutes to answer.',
      'The key it was sealed with was taken out of `ENCRYPTION_KEYS` meanwhile.',
    ],
    shown:
      'The answer came too late, or belongs to another call. Call the tool again from the start; it asks anew.',
    user: [
      'Call the tool again without `requestState` and `inputResponses`, and let the user answer what it asks then.',
      'A client has to send back `requestState` as it came, with the same name and arguments.',
    ],
    operator: [
      'Keep a retired key in `ENCRYPTION_KEYS` for at least 10 minutes. Nothing of the state is stored.',
    ],
  },
  TOOL_DISABLED: {
    retryable: false,
    cause: ['The owner of the connector has switched this tool off.'],
    shown: 'The tool is switched off. Its owner can switch it on again.',
    user: [
      'An agent should not repeat the call, and look for another tool in `GET /api/users/me/tools`.',
      'To use the tool, switch it on with `PATCH /api/connectors/{connector_id}/tools/{tool_id}` and `{"enabled": true}`; `tool_id` is in the answer.',
    ],
    operator: ['Nothing: whoever owns a connector decides which of its tools agents get.'],
  },
  TOOL_NOT_APPROVED: {
    retryable: false,
    cause: [
      'The server has changed the name, the description, a schema or an annotation of the tool since it was approved; `state` is `changed`.',
      'The URL of the connector has changed since; `state` is `moved`.',
      'It is the first definition of the tool, and `TOOL_POLICY_FIRST`, or for tools with `destructiveHint` `TOOL_POLICY_DESTRUCTIVE`, holds back what nobody has approved; `state` is `new`.',
    ],
    shown:
      'The tool is held back until its owner has looked at what its server says of it now, and approves it.',
    user: [
      'An agent should not repeat the call until its user has approved the tool.',
      'Show the user the tool, with its `change`, from `GET /api/connectors/{connector_id}/tools`. Approve it with `PATCH /api/connectors/{connector_id}/tools/{tool_id}` and the `definition_hash` that the user has seen as `approved_definition_hash`.',
      'Many tools are approved at once with `POST /api/connectors/{connector_id}/tools/approvals`.',
    ],
    operator: [
      '`TOOL_POLICY_CHANGED`, `TOOL_POLICY_FIRST` and `TOOL_POLICY_DESTRUCTIVE` say what is held back; `warn` offers such tools with a warning, `accept` without.',
    ],
  },
  NEEDS_AUTH: {
    retryable: false,
    cause: [
      'The server answered the call, or the connect before it, with 401 or 403; `reason` is `AUTH_REQUIRED` or `AUTH_FAILED`. Its credentials are missing, wrong, expired or lack a permission.',
      'The user signed in to the server (`auth_type` `oauth2`), and its authorization server renews the tokens no more, or a token was refused right after it was issued. Nothing is sent then until there is a new sign-in.',
    ],
    shown: 'The server refused its credentials. Its owner has to enter new ones.',
    user: [
      'Tell the user which connector it is (`connector_id`), and let them enter new credentials with `PUT /api/connectors/{connector_id}/credentials`.',
      'Where there is a `sign_in_url`, let the user open it: it leads to the page of your frontend that starts a sign-in with `POST /api/oauth/authorizations`.',
      'An agent should not repeat the call until then.',
    ],
    operator: [
      'Nothing: credentials come from the owner. This is never a 401, so that no frontend takes it for a logout. The first page in `OAUTH_RETURN_URLS` is where `sign_in_url` leads.',
    ],
  },
  UPSTREAM_UNREACHABLE: {
    retryable: true,
    cause: [
      'The connection to the server failed or broke, or the server answered 429 or 5xx; `reason` is `CONNECTION_FAILED`.',
      'Its address is not allowed any more, or resolves to one that is not; `reason` is `BLOCKED_URL`.',
      'It failed several times in a row, so for 30 seconds to five minutes it is not asked; `Retry-After` says how long, and `reason` why it last failed.',
    ],
    shown: 'The server of this tool could not be reached. Try again a little later.',
    user: [
      'Send the call again with the same `Idempotency-Key`: it runs again only where it certainly did not run before. Without a key, the tool may run twice, unless `retryable` is true: then nothing ran.',
      'Wait for the seconds in `Retry-After`, where it has one. A test or a sync of the connector that succeeds ends the wait.',
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
      'The call, with the connect where one was needed, did not end within the `call_timeout_seconds` of its connector: 60 seconds, unless its owner set another number, up to 300.',
      'The connect alone took longer than 10 seconds.',
      'The service was stopped, and waited for about a minute; the `detail` says so.',
    ],
    shown:
      'The server of this tool did not answer in time. Look whether the tool did its work before you call it again.',
    user: [
      'Whether the tool ran is unknown: look before you call it again.',
      'Raise `call_timeout_seconds` with `PATCH /api/connectors/{connector_id}`, where the tool needs longer.',
      'Split long work, or use a tool that starts it and another that asks for its result.',
    ],
    operator: [
      'A proxy in front of the service has to wait for more than 300 seconds, or clients ask for `text/event-stream`, which is never silent for longer than 15 seconds.',
      'Compare with `http_server_request_duration_seconds` in `/metrics`, whether other calls are slow as well.',
    ],
  },
  SESSION_LIMIT_REACHED: {
    retryable: true,
    cause: [
      'All sessions that this user, or this connector, may have are in use by calls; `scope` is `user` or `connector`. Where one is idle, it makes room by itself.',
      'The user has as many calls under way as `CALLS_MAX_PER_USER` allows; `scope` is `user`.',
    ],
    shown:
      'Too many calls are under way, so this one was not made. Try again when one of them has ended.',
    user: [
      'Wait for the seconds in `Retry-After`, then call again. Nothing ran.',
      'An agent should make a few calls at a time, to a few connectors.',
    ],
    operator: [
      'Look with `GET /api/sessions` for calls that hang, and end their sessions with `DELETE /api/sessions`.',
      'Raise `CALLS_MAX_PER_USER`, `SESSIONS_MAX_PER_USER` or `SESSIONS_MAX_PER_CONNECTOR`. Every replica counts for itself.',
    ],
  },
  SESSIONS_EXHAUSTED: {
    retryable: true,
    cause: [
      'The replica holds as many sessions as `SESSIONS_MAX` allows, and all of them are in use by calls. Where one is idle, it makes room by itself.',
    ],
    shown: 'The service is making as many calls as it can. Try again in a few seconds.',
    user: ['Wait for the seconds in `Retry-After`, then call again. Nothing ran.'],
    operator: [
      'Start more replicas, or raise `SESSIONS_MAX`; allow the process as many open files.',
      'Look with `GET /api/sessions` for calls that hang.',
    ],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
