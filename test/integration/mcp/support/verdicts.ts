import type { McpFailureCode } from '../../../../src/mcp/client/mcp-failure.ts';
import type { Dialect } from '../../../support/workshop/index.ts';

/** How a test of a server has to end. */
export interface Verdict {
  /** Undefined where the test passes. */
  code: McpFailureCode | undefined;
  attempts: number;
  /** Milliseconds of the injected clock from the first request to the report: attempts, the pause between them, the closing. */
  took: number;
  /** Names of the tools that are found. */
  tools: readonly string[];
  /** Names of the tools that are left out. */
  warnings: readonly string[];
}

type ByDialect = Partial<Record<Dialect, Verdict>>;

const DEADLINE = 10_000;
const PAUSE = 3_000;
const PROBE = 4_000;
const ERROR_BODY = 2_000;
const CLOSE = 1_500;

const fails = (code: McpFailureCode, took = 0): Verdict => ({
  ...{ code, took, attempts: 1, tools: [], warnings: [] },
});
const failsTwice = (code: McpFailureCode, took: number): Verdict => ({
  ...{ code, took, attempts: 2, tools: [], warnings: [] },
});
const works = (found: Partial<Verdict> = {}): Verdict => ({
  ...{ code: undefined, attempts: 1, took: 0, tools: ['good'], warnings: [], ...found },
});

/** May have passed a moment later: once more after the pause. */
const UNREACHABLE = failsTwice('CONNECTION_FAILED', PAUSE);
/** Nothing tells that no answer will come: two whole deadlines. */
const NO_ANSWER = failsTwice('TIMEOUT', DEADLINE + PAUSE + DEADLINE);
/** All others are known at once. */
const NOT_MCP = fails('INVALID_MCP_SERVER');
const MISMATCH = fails('PROTOCOL_MISMATCH');
const TOO_LARGE = fails('RESPONSE_TOO_LARGE');
const SIGN_IN = fails('AUTH_REQUIRED');
const FORBIDDEN = fails('AUTH_FAILED');
const FINE = works();

/** Gives the same verdict to these. A verdict of its own for a dialect comes first. */
function verdicts(
  names: string,
  verdict: Verdict,
  { places = [''], ...byDialect }: ByDialect & { places?: readonly string[] } = {},
): [name: string, verdicts: Record<Dialect, Verdict>][] {
  const all = { legacy: verdict, modern: verdict, sse: verdict, ...byDialect };
  const list = names.split(/\s+/);
  return list.flatMap((name) => places.map((place): [string, typeof all] => [name + place, all]));
}

/** At the first request, and where the tools are asked for. */
const places = ['', '-on-tools'];
/** What is looked for in an event stream is another thing than in an answer; there, the wrong type decides. */
const noStream = { sse: NOT_MCP };
/** A server of the modern era whose `server/discover` is not usable says to `initialize` that it is of another era. */
const noEra = { modern: MISMATCH };

const NETWORK = [
  ...verdicts('refused reset reset-on-tools closes-at-once', UNREACHABLE),
  ...verdicts('unknown-name addressless-name', UNREACHABLE),
  ...verdicts('name-of-private-address', fails('BLOCKED_URL')),
  ...verdicts('hang', NO_ANSWER),
  ...verdicts('speaks-first not-http http-0.9 http-2', NOT_MCP),
  ...verdicts('tls-fine', FINE),
  ...verdicts('tls-expired tls-not-yet-valid tls-wrong-host tls-self-signed', UNREACHABLE),
  ...verdicts('tls-too-old tls-client-certificate tls-reset', UNREACHABLE),
  ...verdicts('plain-behind-https tls-behind-http', UNREACHABLE),
  ...verdicts('tls-hang', NO_ANSWER),
];

const STATUSES = [
  ...verdicts('304 400 404 405 406 407 410 451', NOT_MCP, { places }),
  ...verdicts('401 401-with-metadata 401-hang-in-body', SIGN_IN, { places }),
  ...verdicts('403 403-insufficient-scope', FORBIDDEN, { places }),
  ...verdicts('408 425 429 500 501 502 503', UNREACHABLE, { places }),
  ...verdicts('301-to-metadata 302-to-metadata 303-to-metadata', NOT_MCP, { places }),
  ...verdicts('307-to-metadata 308-to-metadata', NOT_MCP, { places }),
  ...verdicts('301-to-neighbour 302-to-neighbour 303-to-neighbour', NOT_MCP, { places }),
  ...verdicts('307-to-neighbour 308-to-neighbour', NOT_MCP, { places }),
  ...verdicts('redirect-to-itself redirect-to-nowhere', NOT_MCP),
  ...verdicts('502-then-fine', works({ attempts: 2, took: PAUSE })),
  ...verdicts('500-on-discover', FINE),
  ...verdicts('404-on-initialized 404-on-message 307-on-message', NOT_MCP),
  ...verdicts('500-on-message', UNREACHABLE),
  ...verdicts('404-endless-body', NOT_MCP, { places }),
  // One refusal of the probe, and one of the handshake.
  ...verdicts('404-hang-in-body', fails('INVALID_MCP_SERVER', 2 * ERROR_BODY), noStream),
  ...verdicts('404-hang-in-body-on-tools', fails('INVALID_MCP_SERVER', ERROR_BODY)),
];

const BODIES = [
  ...verdicts('html empty empty-json 202 204 text-plain', NOT_MCP, { places }),
  ...verdicts('hang-in-body trickle', NO_ANSWER, { places, ...noStream }),
  ...verdicts('breaks-off', UNREACHABLE, { places, ...noStream }),
  ...verdicts('huge-body huge-announced-body', TOO_LARGE, { places, ...noStream }),
  ...verdicts('gzip-bomb brotli-bomb nested-gzip-bomb', TOO_LARGE, { places, ...noStream }),
  ...verdicts('broken-gzip unknown-coding many-codings', NOT_MCP, { places }),
  ...verdicts('huge-headers endless-early-hints', TOO_LARGE, { places }),
  ...verdicts('endless-trailers endless-chunk-extension', TOO_LARGE, { places, ...noStream }),
  // Below HTTP nothing tells a broken chunk from a connection that broke off in one.
  ...verdicts('broken-chunk', UNREACHABLE, { places, ...noStream }),
  ...verdicts('slow-headers', NO_ANSWER, { places }),
  ...verdicts('two-lengths length-and-chunks line-break-in-header', NOT_MCP, { places }),
  // To the HTTP client these are broken connections.
  ...verdicts('switching-protocols unasked-continue', UNREACHABLE, { places }),
  ...verdicts('invalid-json not-json-rpc json-null empty-batch deep-json', NOT_MCP, noEra),
  ...verdicts('no-version-of-json-rpc wrong-id id-as-text id-null', NOT_MCP, noEra),
  ...verdicts('invalid-json-on-tools not-json-rpc-on-tools json-null-on-tools', NOT_MCP),
  ...verdicts('empty-batch-on-tools no-version-of-json-rpc-on-tools', NOT_MCP),
  ...verdicts('wrong-id-on-tools id-as-text-on-tools id-null-on-tools', NOT_MCP),
  ...verdicts('deep-json-on-tools', works({ tools: [], warnings: [''] })),
  ...verdicts('dense-json', TOO_LARGE, { places }),
  ...verdicts('byte-order-mark', FINE),
];

const HANDSHAKE = [
  ...verdicts('hang-on-discover', works({ took: PROBE })),
  ...verdicts('hang-on-handshake hang-on-initialized', NO_ANSWER),
  ...verdicts('error-on-initialize', NOT_MCP),
  ...verdicts('error-on-discover unknown-version version-to-come', MISMATCH),
  ...verdicts('no-initialize', NOT_MCP, { modern: FINE }),
  ...verdicts('version-is-a-number empty-handshake', NOT_MCP),
  ...verdicts('capabilities-are-text', NOT_MCP, { modern: MISMATCH }),
  ...verdicts('no-tools', works({ tools: [] })),
  ...verdicts('long-server-info long-session', FINE),
  ...verdicts('session-with-space session-not-ascii two-sessions session-lost', NOT_MCP),
  ...verdicts('hang-on-delete', works({ took: CLOSE })),
  ...verdicts('error-then-hang-on-delete', fails('INVALID_MCP_SERVER', CLOSE)),
];

const LISTING = [
  ...verdicts('hang-on-tools', NO_ANSWER),
  ...verdicts('error-on-tools tools-are-text', NOT_MCP),
  ...verdicts('no-list-of-tools', works({ tools: [] })),
  ...verdicts('endless-pages long-cursors too-many-tools 10000-tools heavy-tools', TOO_LARGE),
  ...verdicts('circular-pages', works({ tools: ['t4', 't5'] }), {
    modern: works({ tools: ['t2', 't3'] }),
  }),
  ...verdicts('changes-its-tools changes-its-mind', FINE),
];

const TOOLS = [
  ...verdicts(
    'broken-tools',
    works({
      warnings: ['no-schema', 'text-schema', 'x'.repeat(128), 'bell', 'large', 'good', ''],
    }),
  ),
  ...verdicts('one-broken-schema', works({ tools: ['before', 'good'], warnings: ['broken'] })),
  ...verdicts(
    'invisible-names',
    works({
      warnings: ['rightleft', 'zerowidth', 'esc[2J', 'nul', 'tag', 'two lines', 'half'],
    }),
  ),
  ...verdicts('invisible-descriptions prototype-schema', FINE),
  ...verdicts('recursive-schema', works({ tools: ['good', 'tree'] })),
  ...verdicts('circular-schema', works({ tools: ['good', 'circle'] })),
  ...verdicts('foreign-schema', works({ tools: ['good', 'foreign'] })),
  ...verdicts('billion-laughs', works({ warnings: ['laughs'] })),
  ...verdicts('deep-schema', works({ warnings: ['deep'] })),
];

const STREAMS = [
  ...verdicts('endless-comments-on-tools endless-line-on-tools endless-notes-on-tools', TOO_LARGE),
  ...verdicts('endless-pings-on-tools endless-pings-on-handshake', TOO_LARGE),
  ...verdicts('gzipped-stream-bomb-on-tools', TOO_LARGE),
  ...verdicts('pings-while-listing asks-for-sampling chatty-while-listing', FINE),
  ...verdicts('stream-stays-open gzipped-stream carriage-returns', FINE),
  ...verdicts('stream-ends-unanswered wants-to-be-polled', NOT_MCP, noEra),
  ...verdicts('stream-ends-unanswered-on-tools wants-to-be-polled-on-tools', NOT_MCP),
  ...verdicts('heartbeat-on-tools silent-stream-on-tools', NO_ANSWER),
  ...verdicts('hang-on-message sse-without-endpoint', NO_ANSWER),
  ...verdicts('sse-ends', NOT_MCP),
  // A server that restarts ends its streams, too.
  ...verdicts('sse-ends-on-tools', UNREACHABLE),
  ...verdicts('foreign-sse-endpoint sse-endpoint-with-password', NOT_MCP),
  ...verdicts('sse-endpoint-of-another-scheme sse-endpoint-is-no-url answers-unasked', NOT_MCP),
  ...verdicts('silent-sse', fails('INVALID_MCP_SERVER', PROBE)),
];

const hundred = (letter: string, end = '') =>
  Array.from({ length: 100 }, (_, n) => letter + n + end);

const COSTLY = [
  ...verdicts('gzip-of-nothing nested-gzip-of-nothing', TOO_LARGE, { places, ...noStream }),
  ...verdicts('gzip-of-nothing-in-stream chunk-extension-in-stream', TOO_LARGE),
  ...verdicts('json-of-keys', TOO_LARGE, { places }),
  ...verdicts('handshake-of-300-kilobytes', TOO_LARGE),
  ...verdicts('wide-leaf', works({ warnings: ['wide'] })),
  ...verdicts('hundred-wide-leaves', TOO_LARGE),
  ...verdicts('hundred-laughs-of-the-wrong-type', works({ warnings: hundred('l') })),
  ...verdicts('hundred-laughs-of-one-name', TOO_LARGE),
  ...verdicts('rows-of-joiners', works({ warnings: hundred('j', '\u200d') })),
];

/** The verdict on every server of the workshop, by behaviour and dialect. */
export const VERDICTS: ReadonlyMap<string, Record<Dialect, Verdict>> = new Map(
  [NETWORK, STATUSES, BODIES, HANDSHAKE, LISTING, TOOLS, STREAMS, COSTLY].flat(),
);
