import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of the request itself, before any operation looks at what it means. */
export const REQUEST_ERRORS = {
  MALFORMED_REQUEST: {
    retryable: false,
    cause: [
      'The body is not valid JSON, is not encoded in UTF-8, holds half of a surrogate pair, or does not have the length the request announced.',
      'The body is nested deeper than 64 levels, or has a key named `__proto__`, or `constructor` holding `prototype`, also inside the arguments of a tool.',
      'The path of the URL is not properly percent-encoded.',
      'What arrived is not HTTP/1.1 at all, such as TLS or HTTP/2 on a plain port; then the connection is closed.',
    ],
    shown:
      'The request could not be read. Send valid HTTP with a body of valid JSON, encoded in UTF-8.',
    user: [
      'Read `detail`: it names what is wrong. The same request fails again, so mend the client that made it.',
    ],
    operator: [
      'Where many clients see this, look at the proxy in front of the service: it may change bodies, or speak TLS or HTTP/2 to a port that expects HTTP/1.1.',
      'Requests that were not HTTP are logged as `request unreadable`, with the `reason`.',
    ],
  },
  INVALID_CURSOR: {
    retryable: false,
    cause: [
      'The `cursor` was changed, was cut off, or belongs to another list. Cursors do not expire.',
    ],
    shown:
      'The list cannot be continued from this cursor. Use the next_cursor of the page before, or begin at the first page.',
    user: [
      'Send `next_cursor` exactly as the page before gave it, to the same list.',
      'Leave `cursor` out to begin at the first page.',
    ],
    operator: ['Nothing: this is a fault of the client.'],
  },
  UNAUTHENTICATED: {
    retryable: false,
    cause: [
      'There is no `Authorization: Bearer` header, or what it holds is not a signed JWT of at most 8,192 characters.',
      'The token has expired.',
      'Its signature, algorithm, issuer or audience is not the one this service expects, or it lacks `exp`, `iss`, `aud` or `sub`.',
      'A claim does not have the expected form, such as a `sub` of more than 255 characters.',
      'The token is meant for the MCP endpoint of agents, which may not manage connectors.',
      'The token is that of an agent in the compatibility mode (scope `agent`): it opens the tools of users, and nothing else.',
      'It never means that an MCP server refused something: that is `AUTH_FAILED`, `AUTH_REQUIRED` or `NEEDS_AUTH`.',
    ],
    shown: 'A valid access token is required. Sign in again, and send the new token.',
    user: [
      'Sign in again, or get a fresh token from your identity provider, and send it as `Authorization: Bearer <token>`.',
      'A frontend may treat this as a logout.',
    ],
    operator: [
      'Where every token is refused, compare `JWT_ISSUER` and `JWT_AUDIENCE` with a token, and `JWT_ALGORITHM` with the header of one. Check that `JWT_JWKS_URL` or `JWT_SECRET` belongs to the provider that signs.',
      'Where fresh tokens count as expired, or as not valid yet, compare the clocks: no difference is tolerated.',
      'After the provider changed its keys, an unknown key is looked up within 30 seconds.',
    ],
  },
  FORBIDDEN: {
    retryable: false,
    cause: [
      'The token is valid, but its `scope` lacks what the operation needs: `connectors:read`, `connectors:write`, `tools:read` or `tools:call`.',
      'It never means that an MCP server refused something: that is `AUTH_FAILED` or `NEEDS_AUTH`.',
    ],
    shown:
      'The access token does not allow this operation. Ask for a token with the scope that the operation needs.',
    user: [
      'Read in `detail` which scope is missing, and ask your identity provider for a token with it.',
    ],
    operator: ['Let the identity provider grant the scope to this client or user.'],
  },
  NOT_FOUND: {
    retryable: false,
    cause: [
      'There is nothing at this path.',
      'The path names another user. Only the clients in `AGENT_CLIENTS`, with the scope `agent`, may name other users, and only of their own tenant. Who exists is not told.',
    ],
    shown: 'There is nothing at this address. Check the path of the URL.',
    user: [
      'Compare the path with the documentation of the API at `/docs`.',
      'Use `me` as the id of the user, unless you act for somebody else.',
    ],
    operator: [
      'Look whether the proxy in front removes or adds a part of the path.',
      'To let an agent act for users without a token of theirs, list its client in `AGENT_CLIENTS`.',
      'With `ADMIN_PORT` set, `/metrics` is served on that port only.',
    ],
  },
  PROJECT_NOT_FOUND: {
    retryable: false,
    cause: [
      'The claim `projects` of the access token does not name the project in `project_id`: its user is no member of it, or there is none. Which projects exist is not told.',
      'The token is that of an agent in the compatibility mode (scope `agent`): no user stands behind it, so it has no projects.',
    ],
    shown: 'There is no such project among those of the access token. Check the id of the project.',
    user: [
      'Compare `project_id` with the claim `projects` of the token, upper and lower case too. Leave it out for the user alone.',
      'Get a new access token after the user joined the project. An agent brings a delegated token with the projects of its user.',
    ],
    operator: [
      'Let the identity provider put the projects of a user into the claim `projects`, as `{"<project id>": "admin"}` or `"member"`.',
    ],
  },
  PROJECT_ADMIN_REQUIRED: {
    retryable: false,
    cause: [
      'The connector belongs to a project, or is to belong to one, and the claim `projects` of the access token names the caller as `member`. Members use the connectors of a project; only its admins create, change, sync, test and delete them, and approve their tools.',
    ],
    shown: 'Only admins of the project may do this. Ask one of them.',
    user: [
      'Ask an admin of the project. Where its credentials are personal, members enter their own, test them or sign in without one.',
      'Get a new access token after you became an admin.',
    ],
    operator: [
      'Let the identity provider name the admins of a project in the claim `projects`, as `{"<project id>": "admin"}`.',
    ],
  },
  METHOD_NOT_ALLOWED: {
    retryable: false,
    cause: [
      'The path exists, but not with this method. The header `Allow` lists the methods it has.',
      'A browser asked, with `OPTIONS`, whether a page of another origin may call the API, and no origin is allowed to.',
    ],
    shown:
      'This address does not support the method. Use one of those that the Allow header names.',
    user: ['Use one of the methods in the header `Allow`.'],
    operator: [
      'Where browsers see it on `OPTIONS`, list the origin of the frontend in `CORS_ORIGINS`.',
    ],
  },
  REQUEST_TIMEOUT: {
    retryable: true,
    cause: ['The headers and the body did not arrive within 30 seconds. The connection is closed.'],
    shown: 'The request did not arrive in time. Check your connection, then try again.',
    user: ['Send it again. Where that happens often, the connection is slow or breaks off.'],
    operator: [
      'Look at the network and the proxy in front: one that sends bodies on as they come passes slow clients on to the service.',
      'Logged as `request unreadable` with the `reason` `ERR_HTTP_REQUEST_TIMEOUT`. Many of them from few addresses are an attack by slow requests, which end here without harm.',
    ],
  },
  PRECONDITION_FAILED: {
    retryable: false,
    cause: [
      '`If-Match` names a version that is not current any more: somebody changed the connector since.',
    ],
    shown:
      'The connector was changed since you read it. Read it again, then decide whether your change still fits.',
    user: [
      'Read the connector again, look at what changed, and send your change with the new `ETag` as `If-Match`.',
    ],
    operator: ['Nothing: this keeps one change from undoing another.'],
  },
  PAYLOAD_TOO_LARGE: {
    retryable: false,
    cause: [
      'The body is larger than 1 MiB (1,048,576 bytes).',
      'The arguments of a tool call take more than 256 KB of JSON.',
    ],
    shown: 'The request body is too large. Send at most 1 MiB.',
    user: ['Send less. For a tool, pass the address of a large document instead of its content.'],
    operator: [
      'Nothing: the limit is fixed. A proxy in front may have a smaller one; its answers do not look like this one.',
    ],
  },
  URI_TOO_LONG: {
    retryable: false,
    cause: ['A part of the path, such as the id of a user, is longer than 256 characters.'],
    shown: 'The address of the request is too long. Check the ids in its path.',
    user: ['Check that the ids in the path are what you meant to send.'],
    operator: ['Nothing: the limit is fixed. Ids of users must fit into it.'],
  },
  UNSUPPORTED_MEDIA_TYPE: {
    retryable: false,
    cause: ['The request has a body whose `Content-Type` is not `application/json`, or has none.'],
    shown: 'The request body must be JSON. Send it with the Content-Type application/json.',
    user: ['Send JSON, with the header `Content-Type: application/json`.'],
    operator: ['Nothing: this is a fault of the client.'],
  },
  VALIDATION_FAILED: {
    retryable: false,
    cause: [
      'A parameter, a header or the body does not match the API contract: a field is missing, unknown, or has a value that is not allowed.',
    ],
    shown:
      'The request does not match the API contract. Correct the fields that are listed in errors.',
    user: [
      'Go through `errors`: each item has a JSON pointer to the field, such as `/body/server_url`, and says what is wrong with it. At most 20 are listed.',
      'Show them next to the fields of a form.',
    ],
    operator: [
      'Nothing: this is a fault of the client. After an upgrade, compare the client with `/openapi.json`.',
    ],
  },
  RATE_LIMITED: {
    retryable: true,
    cause: [
      'The user made more requests within a minute than allowed. Requests without a user are counted by address: pages, unknown paths, and refused tokens.',
      'The user has 10,000 idempotency keys in use. Each is kept for an hour.',
      'The user has 20 event streams open at this replica.',
      'Connection tests have limits of their own: `TEST_LIMIT_REACHED`.',
    ],
    shown: 'Too many requests were sent. Wait as long as Retry-After says, then try again.',
    user: [
      'Wait for the seconds in `Retry-After`, then send the request again.',
      'Spread requests: `RateLimit-Remaining` and `RateLimit-Reset` tell how many are left, and for how long.',
    ],
    operator: [
      'Raise `RATE_LIMIT_MAX`. Every replica counts for itself.',
      'Where strangers share one limit, the service sees only the address of a proxy: set `TRUST_PROXY`.',
    ],
  },
  HEADERS_TOO_LARGE: {
    retryable: false,
    cause: [
      'The request line and the headers are together larger than 16 KiB. The connection is closed.',
    ],
    shown: 'The request headers are too large. Use a smaller access token, and send fewer cookies.',
    user: ['Use a token with fewer claims. The service needs no cookies: do not send any.'],
    operator: [
      'Let the identity provider put less into tokens; lists of groups are often what makes them large.',
      'Node.js sets the limit: `NODE_OPTIONS=--max-http-header-size=32768` doubles it. A token must have at most 8,192 characters all the same.',
    ],
  },
  INTERNAL: {
    retryable: false,
    cause: [
      'A fault in the service that nobody foresaw.',
      'A stored secret does not open, because `ENCRYPTION_KEYS` lacks the key it was sealed with.',
    ],
    shown:
      'The service failed to answer. Try again later; if it fails again, give your operator the id of the request.',
    user: [
      'Try once more, a little later. Reads are safe to repeat; look before you repeat a change, or send it with the same `Idempotency-Key`.',
      'If it fails again, give your operator the id in `instance`.',
    ],
    operator: [
      'Search the log for the id in `instance`: the line `request failed` has it as `request_id`, and the error with its stack.',
      'Look at `/readyz`: `encryption_keys` names keys that are missing.',
    ],
  },
  OVERLOADED: {
    retryable: true,
    cause: [
      'The process cannot keep up: its event loop was late by more than a second on average, for longer than a moment. Requests are refused at once, so that they do not pile up.',
      'At this replica 2,000 clients follow events. Other requests are served.',
    ],
    shown: 'The service is busy. Try again in a few seconds.',
    user: [
      'Wait for the seconds in `Retry-After`, then send the request again. Wait longer after each refusal.',
    ],
    operator: [
      'Look at `nodejs_eventloop_lag_seconds` and `process_cpu_seconds_total` in `/metrics`; give the service more CPU, or start more replicas.',
      'Look at `mcp_event_streams`: more replicas take more clients.',
      'Find out who sends so much, in the request lines of the log (`user_id`), and lower `RATE_LIMIT_MAX` or `TESTS_AT_ONCE`.',
    ],
  },
  NOT_READY: {
    retryable: true,
    cause: [
      'The database cannot be reached, is overloaded, or took longer than 5 seconds for one statement.',
      'The database lacks a migration of this version, or has one that this version does not know.',
      'The keys that access tokens are checked with could not be fetched from the identity provider, and none are at hand.',
      'The service is stopping.',
    ],
    shown: 'The service is not ready. Try again in a few seconds.',
    user: [
      'Wait for the seconds in `Retry-After`, then send the request again. Nothing was done, unless the connection to the database broke in the very moment of saving: look before you repeat a change.',
    ],
    operator: [
      'Look at `/readyz`, on `ADMIN_PORT` where that is set: it names the check that fails, and why. The service recovers by itself.',
      'For the database, check `DATABASE_URL`, and apply missing migrations with `npm run db:migrate` or `node dist/migrate.js`.',
      'For the keys of the identity provider, see `the key set for access tokens cannot be fetched` in the log, and check `JWT_JWKS_URL`, `HTTPS_PROXY`, `NO_PROXY` and `OUTBOUND_CA_FILE`.',
    ],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
