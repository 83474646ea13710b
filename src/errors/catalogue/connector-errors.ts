import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of connectors and their credentials. */
export const CONNECTOR_ERRORS = {
  CONNECTOR_NOT_FOUND: {
    retryable: false,
    cause: [
      'The user has no connector with this id. It was deleted, never existed, or belongs to another user or tenant; which of these is not told.',
    ],
    shown:
      'There is no such connector. It may have been deleted: read the list of connectors again.',
    user: ['Read `GET /api/connectors` again, and use an id from there.'],
    operator: [
      'Where users miss connectors they had, compare the `sub` and the tenant of their tokens with those of before: see `JWT_TENANT_CLAIM`.',
    ],
  },
  CONNECTOR_NAME_TAKEN: {
    retryable: false,
    cause: [
      'The user, or the project, has another connector with this name. Upper and lower case make no difference, and disabled connectors count.',
    ],
    shown: 'Another of your connectors already has this name. Choose another name.',
    user: ['Choose another name, or change the connector that has it.'],
    operator: ['Nothing: names are unique for each user, and in each project.'],
  },
  CONNECTOR_LIMIT_REACHED: {
    retryable: false,
    cause: [
      'The user has ten connectors, or the project twenty, the most that are allowed. Disabled ones count.',
    ],
    shown:
      'You have as many connectors as are allowed. Delete one that you do not need, then try again.',
    user: ['Delete a connector that is not needed any more, or change it into the new one.'],
    operator: ['Nothing: the limit is fixed.'],
  },
  CONNECTOR_CHANGED: {
    retryable: false,
    cause: [
      'The connector was changed or deleted, in another window or by another client, while its server was being tested. What was tested is not what would be saved, so nothing was saved.',
    ],
    shown:
      'The connector was changed while it was being tested, so nothing was saved. Read it again, then repeat your change.',
    user: [
      'Read the connector again, look at what changed, and repeat your change where it still fits. A sync can simply be repeated.',
    ],
    operator: ['Nothing: this keeps one change from undoing another.'],
  },
  CONNECTOR_DISABLED: {
    retryable: false,
    cause: [
      'The owner disabled the connector: its tools cannot be called, and it cannot be synced.',
    ],
    shown: 'The connector is disabled. Enable it, then try again.',
    user: [
      'Enable it with `POST /api/connectors/{connector_id}/status`.',
      'An agent should read the list of tools again: tools of disabled connectors are not in it.',
    ],
    operator: ['Nothing: the owner decides.'],
  },
  CREDENTIALS_NOT_FOUND: {
    retryable: false,
    cause: [
      'The connector has no stored credentials: its server needs none, or they were deleted.',
    ],
    shown: 'The connector has no stored credentials. Add some if its server asks for them.',
    user: [
      'Store credentials with `PUT /api/connectors/{connector_id}/credentials`, where the server needs them.',
    ],
    operator: ['Nothing: credentials come from the owner.'],
  },
  CREDENTIALS_REQUIRED: {
    retryable: false,
    cause: [
      'The new `server_url` has another scheme, host, port or path than the one the stored credentials belong to. They are never sent to another address.',
    ],
    shown:
      'The stored credentials belong to the old URL. Enter credentials for the new URL as well.',
    user: [
      'Send `credentials` in the same request as the new `server_url`, or `auth_type` `none` where the new server needs none.',
    ],
    operator: ['Nothing: this keeps a stored secret from reaching a new address.'],
  },
  CREDENTIALS_INVALID: {
    retryable: false,
    cause: [
      'The form of the credentials does not fit `auth_type`: `bearer` takes a `token`, `headers` takes `headers`, `none` takes nothing.',
      'A header may not be set, as it would steer the connection, a proxy or the protocol: `Host`, `Content-*`, `Accept`, `Forwarded`, `X-Forwarded-*`, `Proxy-*`, `Mcp-*`, `Sec-*`, `Metadata*` and others.',
      'A header is given twice, in different case, or all of them have more than 8 KB.',
      'They are to be `personal`, and the connector belongs to no project; or a client is to act for a connector that is not one of a project with shared credentials.',
      'The private key of a client is none that can be used, or comes with a secret.',
    ],
    shown:
      'The credentials do not fit the way of signing in, or set a header that is not allowed. Correct the fields that are listed in errors.',
    user: [
      'Go through `errors`: each item points at the field or the header, and says what is wrong with it.',
    ],
    operator: ['Nothing: the rules are fixed.'],
  },
  CONNECTOR_MANAGED: {
    retryable: false,
    cause: [
      'The connector was switched on from the catalog, or is a system tool. Its address, its transport and what is sent to its server come from there, and it is deleted there.',
    ],
    shown:
      'This server belongs to the catalog: change its settings or take it away there. Here only its name and the time of calls can be changed.',
    user: [
      'Change its settings, or take it away, where it was switched on. `source` and `entry_key` of the connector tell where that is.',
    ],
    operator: ['Where the server is wrong for everybody, change its entry: see `CATALOG_FILE`.'],
  },
  TEST_LIMIT_REACHED: {
    retryable: true,
    cause: [
      'Too many connection tests run at once: of this user, to this host, or altogether. A test waits up to 3.5 seconds for its turn before it is refused.',
      'Too many tests were started within a minute: by this user, or to this host by all users. Once half of what a host allows is used up, each user gets at most a twentieth of the whole there, so that a few users cannot take it from all others.',
      'Every test that sends requests counts: of an unsaved server, of a saved one, a sync, and a create or a change that has to test. Starting a sign-in counts as one. A test that ends before it begins does not.',
    ],
    shown:
      'Too many connection tests are running. Wait as long as Retry-After says, then test again.',
    user: [
      'Wait for the seconds in `Retry-After`, then test again. Nothing was tested or saved.',
      '`limit` tells which limit it was: that of the `user`, of the `destination`, which is the host of the server, or of the whole `service`.',
      'A frontend should not test at every keystroke, and an import should test a few servers at a time.',
    ],
    operator: [
      'Raise what is too small: `TESTS_AT_ONCE`, `TESTS_AT_ONCE_PER_USER`, `TESTS_AT_ONCE_PER_DESTINATION`, `TESTS_PER_MINUTE_PER_USER` or `TESTS_PER_MINUTE_PER_DESTINATION`. Every replica counts for itself.',
      'Find the user and the host in the lines `connector operation` of the log whose `outcome` is `TEST_LIMIT_REACHED`: they have the `user_id`, and the `origin` or the `connector_id`.',
    ],
  },
  IMPORT_UNREADABLE: {
    retryable: false,
    cause: [
      'The file is neither JSON, with or without comments, nor TOML, or it breaks off; `line` and `column` tell where. It is not quoted, as it may hold secrets.',
      'The file is not text in UTF-8: an editor saved it as UTF-16, or it is not text at all.',
      'No MCP servers are in it: neither `mcpServers` nor `servers` nor `mcp_servers`, nor servers right at the top.',
      'It is nested deeper than 32 levels, has more than 50,000 values or more than 100 servers.',
    ],
    shown:
      'This is not a configuration file with MCP servers. Check that it is the right one and complete, then choose it again.',
    user: [
      'Mend the place that `line` and `column` name, in an editor that shows mistakes, or choose another file. Files that MCP clients themselves read without complaint are fine.',
      'From a large file, as the `~/.claude.json` of Claude Code, take the part with `mcpServers` alone.',
    ],
    operator: ['Nothing: the file comes from the user.'],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
