import type { ErrorCode } from '../error-codes.ts';
import { ANSWER_LIMITS } from './answer-limits.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/**
 * Verdicts of a connection test. What is shown is what the test reports as its message, what a refused save has as its
 * `detail`, and what a connector keeps as its last failure: never text of the server.
 */
export const VERDICT_ERRORS = {
  INVALID_URL: {
    retryable: false,
    cause: [
      'The text is not an absolute `http` or `https` URL, as when `https://` is missing.',
      'It carries a user name or a password.',
      'A connector shows it with an empty `server_url`: the address that is stored for it cannot be read any more.',
    ],
    shown:
      'This is not a usable server URL. Enter a full address such as https://example.com/mcp, without user name or password.',
    user: [
      'Enter the whole address, from `https://` to the path.',
      'Put secrets into the credentials, not into the URL.',
      'Where the stored address cannot be read, enter it again, with the credentials.',
    ],
    operator: [
      'Nothing where it is about what the user typed. The test ended before any request (`attempts` is 0).',
      'A stored address that cannot be read is named in the log as `the stored URL of a connector cannot be read`, with the `connector_id`. A key that is missing in `ENCRYPTION_KEYS` is named by `/readyz` as well: put it back before users enter anything again. Otherwise the row was damaged or moved.',
    ],
  },
  BLOCKED_URL: {
    retryable: false,
    cause: [
      'The address is private, of this machine, link-local, carrier-grade NAT, multicast, a metadata service of a cloud, or a tunnel to another one (6to4, NAT64, Teredo), or the name resolves to such an address. One among several is enough.',
      'The URL is plain `http`, which only targets may use that the operator has listed.',
      'The host is a single word, or ends in `.local`, `.internal`, `.lan`, `.svc` or another ending that means something only inside a network.',
      'The port belongs to another protocol, such as 22, 25 or 6667.',
    ],
    shown:
      'Connections to this address are not allowed. Use a public https address, or ask your operator to allow it.',
    user: [
      'Use the public `https` address of the server.',
      'Ask your operator to allow a server inside your own network. A private address is never reachable by default, so that nobody can explore the network from here.',
    ],
    operator: [
      'To allow an address that is typed in, list it in `OUTBOUND_ALLOWED_ADDRESSES`. To allow a name, list the name in `OUTBOUND_ALLOWED_HOSTS` and its addresses in `OUTBOUND_ALLOWED_ADDRESSES`. Plain `http` needs the same, also for a public address.',
      'Metadata services and link-local addresses are never allowed, whatever is listed.',
      'Do not allow ranges in which services trust everybody who reaches them: every user can type their addresses in.',
      'With `HTTPS_PROXY` set and `OUTBOUND_PROXY_CONNECT_BY` at `name`, the proxy resolves names and has to refuse such addresses itself.',
    ],
  },
  CONNECTION_FAILED: {
    retryable: true,
    cause: [
      'The name does not resolve.',
      'The connection was refused or reset, or was not open within 5 seconds.',
      'The TLS handshake failed: the certificate has expired, is for another name, or is signed by an authority that is not trusted here.',
      'The server answered 429, 408, 425 or any 5xx: it is busy or broken. Or it ended the connection before its answer was complete.',
      'A second attempt, 3 seconds after the first, failed as well (`attempts` is 2).',
    ],
    shown:
      'The server could not be reached, or does not work at the moment. Check the address, that the server is running and that its certificate is valid, then test again.',
    user: [
      'Check that the name and the port are right and that the server runs.',
      'Open the address in a browser outside of your own network. A warning about its certificate has to be mended on the server.',
      'Where the server is new or busy, test again a little later.',
    ],
    operator: [
      'Try to reach the server from where the service runs: a firewall may drop or refuse what leaves. Host names that users enter are asked of the name servers directly: `/etc/hosts` and search domains do not count.',
      'For servers with certificates of your own authority, name its file in `OUTBOUND_CA_FILE`.',
      'Where only a proxy leads out, set `HTTPS_PROXY`, and `NO_PROXY` for what is reached directly.',
      'A proxy that refuses a server ends here as well. One whose rules are about names needs `OUTBOUND_PROXY_CONNECT_BY` at `name`, and then has to refuse private addresses itself.',
      'The lines `connector operation` of the log have the `origin` of the server, the `outcome` and the `attempts`.',
    ],
  },
  TIMEOUT: {
    retryable: true,
    cause: [
      'Connecting, the handshake and the list of tools did not end within 10 seconds, in each of two attempts.',
      'Often the server accepts connections and never answers, answers very slowly, or starts from sleep.',
    ],
    shown:
      'The server did not answer in time. Check that it is running and not overloaded, then test again.',
    user: [
      'Test again: a server that had to start first may be awake now.',
      'Look into the log of the server for what it was doing.',
    ],
    operator: [
      'Where many servers are affected, look for what slows the way out, such as a busy proxy in `HTTPS_PROXY`.',
      'The time is fixed.',
    ],
  },
  AUTH_FAILED: {
    retryable: false,
    cause: [
      'The server answered 401 although credentials were sent: they are wrong, expired or revoked.',
      'It answered 403: the credentials lack a permission, or the server lets nobody in from here.',
      'The credentials cannot be sent as a header.',
    ],
    shown:
      'The server refused access. Check that the credentials are correct, not expired, and have the permissions the server asks for.',
    user: [
      'Make a new token or key at the server, with the permissions it asks for, and enter it.',
      'Check the kind of the credentials: some servers want a header of their own, such as `X-Api-Key`, and no bearer token.',
    ],
    operator: [
      'Where a server admits only certain addresses, give its owner the address that your requests come from.',
    ],
  },
  AUTH_REQUIRED: {
    retryable: false,
    cause: [
      'The server answered 401, and no credentials were sent.',
      'The credentials of the connector were deleted; then nothing is sent (`attempts` is 0).',
    ],
    shown: 'This server requires credentials. Choose how to sign in and add them, then test again.',
    user: [
      'Where the report of the test has a `sign_in`, sign in with `POST /api/oauth/authorizations`.',
      'Otherwise get a token or a key from the server, choose `bearer` or `headers` as `auth_type`, and add it.',
    ],
    operator: [
      'Nothing: credentials come from the owner. Signing in needs `PUBLIC_URL` and `OAUTH_RETURN_URLS`.',
    ],
  },
  INVALID_MCP_SERVER: {
    retryable: false,
    cause: [
      'The answer is a web page, is empty, is not JSON, is not JSON-RPC, answers another request, has an unknown encoding, or is an event stream that ends without the answer.',
      'The server answered 404, 405 or another 4xx to the handshake.',
      'The server redirects. Redirects are never followed, as they could lead anywhere with the credentials.',
      'It is an SSE server that wants messages sent to another host than its own.',
    ],
    shown:
      'This address does not answer as an MCP server. Check the path, which is often /mcp or /sse, and that the address does not redirect.',
    user: [
      'Look up the address of the MCP endpoint in the documentation of the server: it is rarely its home page.',
      'Enter the address that a redirect leads to, with or without `www` or a slash at the end.',
      'Leave `transport` at `auto`, or choose `sse` for an older server.',
    ],
    operator: [
      'Where it concerns every server, look whether a proxy in `HTTPS_PROXY` answers with pages of its own.',
    ],
  },
  PROTOCOL_MISMATCH: {
    retryable: false,
    cause: [
      'The server is an MCP server, but none of its protocol versions is known here: 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05 and 2024-10-07.',
    ],
    shown:
      'The server speaks no MCP version that is supported here. Update the server, then test again.',
    user: ['Update the server or its MCP library, or ask who runs it to do so.'],
    operator: ['Update this service where the server is newer than it.'],
  },
  RESPONSE_TOO_LARGE: {
    retryable: false,
    cause: [
      'The server offers more than 500 tools, or lists them on more than 50 pages.',
      'The pages of the list are larger than 8 MiB together, or the descriptions of all tools larger than 2 MiB.',
      'The references (`$ref`) in the schemas of all tools together stand for more than 1,000,000 values.',
      ...ANSWER_LIMITS,
    ],
    shown:
      'The server sent more data or more tools than can be accepted. Reduce what it sends, such as the number of its tools, then test again.',
    user: [
      'Let the server offer fewer tools; many have a setting, or a path for each group of tools.',
      'Shorten very long descriptions and schemas, and what the server says of itself. Let schemas refer to less.',
      'Where it sends floods, only who runs the server can mend it.',
      'A single tool does not cost the others: one with a name of more than 128 characters, or with an input schema of more than 64 KiB, more than 64 levels, or more than 50,000 values once its references are replaced, is left out with a warning. Titles are cut to 256 characters, descriptions to 8,000.',
    ],
    operator: ['Nothing: the limits are fixed. They bound what a server can cost everybody else.'],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
