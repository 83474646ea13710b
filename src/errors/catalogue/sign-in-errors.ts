import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of signing in to an MCP server (OAuth). */
export const SIGN_IN_ERRORS = {
  SIGN_IN_NOT_POSSIBLE: {
    retryable: false,
    cause: [
      'The server, or the authorization server it names, cannot be signed in to as the MCP specification says. `reason` tells which it is.',
      '`NO_AUTHORIZATION`: nothing says how to sign in. `METADATA_INVALID`, `ISSUER_MISMATCH`, `RESOURCE_MISMATCH`: what says it is wrong, or speaks of another server. `PKCE_UNSUPPORTED`: PKCE with `S256` is not announced, which every sign-in needs.',
      '`CLIENT_REQUIRED`: the authorization server registers nobody by itself. `REGISTRATION_REFUSED`: it refused to register this service. `BLOCKED`: an address on the way is not allowed. `UNREACHABLE`: there was no answer, which may pass.',
      '`NOT_CONFIGURED`: this service has no `PUBLIC_URL`, or no page to return to in `OAUTH_RETURN_URLS`.',
    ],
    shown:
      'It is not possible to sign in to this server as it is. See reason: some servers need a client that you register with them.',
    user: [
      'With `CLIENT_REQUIRED` or `REGISTRATION_REFUSED`, register a client with the provider of the server, with the address of this service and `/oauth/callback` as its redirect URI, and send its `client_id`, and its secret where it has one, as `client`.',
      'With `UNREACHABLE`, try again later. With the others, tell whoever runs the server, or use a token where the server gives one.',
    ],
    operator: [
      'With `NOT_CONFIGURED`, set `PUBLIC_URL` and `OAUTH_RETURN_URLS`.',
      'With `BLOCKED` and a server of your own network, see `OUTBOUND_ALLOWED_HOSTS` and `OUTBOUND_ALLOWED_ADDRESSES`: everything that a server names is judged as its own address is.',
    ],
  },
  SIGN_IN_FAILED: {
    retryable: false,
    cause: [
      'The authorization server gave no tokens for the code that the browser came back with, or none to the client that was to get them by itself. `reason` tells why: `GRANT_REFUSED` (the code is too old, or was used), `CLIENT_REFUSED` (it does not know this client or its secret), `REQUEST_REFUSED`, `ANSWER_INVALID` or `UNREACHABLE`.',
    ],
    shown: 'The server did not accept the sign-in, so nothing was saved. Start the sign-in again.',
    user: [
      'Start again with `POST /api/oauth/authorizations`. With `UNREACHABLE`, complete the same sign-in once more before that.',
      'With `CLIENT_REFUSED` and a client of your own, look at its secret or its key.',
    ],
    operator: [
      'Nothing: the authorization server decides. The lines `connector operation` of the log have the `origin` and the reason.',
    ],
  },
  AUTHORIZATION_NOT_FOUND: {
    retryable: false,
    cause: [
      'The user has no sign-in with this id. It ended more than an hour ago, never existed, or somebody else started it.',
    ],
    shown: 'There is no such sign-in. It may have ended long ago: start it again.',
    user: [
      'Start again with `POST /api/oauth/authorizations`. Only the user who started a sign-in can see and complete it.',
    ],
    operator: ['Nothing: sign-ins are kept for an hour after their time is over.'],
  },
  AUTHORIZATION_UNUSABLE: {
    retryable: false,
    cause: [
      'The sign-in is not one that can be completed: its browser is not back yet, the `handle` is not the one it came back with, it was completed already or is just being completed, it failed, or its ten minutes are over. `status` tells how far it is.',
    ],
    shown: 'The sign-in cannot be completed, or was completed already. Start it again.',
    user: [
      'Read the sign-in with `GET /api/oauth/authorizations/{authorization_id}`: a completed one names its connector. Otherwise start again.',
    ],
    operator: ['Nothing: each sign-in is good for one use.'],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
