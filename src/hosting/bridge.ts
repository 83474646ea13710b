import { createRequire } from 'node:module';
import path from 'node:path';

/** The variable that the bridge takes its key from. A server never gets it (see the shell around it). */
const KEY_VARIABLE = 'MCP_PROXY_API_KEY';
/** Memory of the bridge's own heap, in MiB. */
const HEAP_MB = 192;

/** Header in which the bridge wants its key. */
export const BRIDGE_KEY_HEADER = 'x-api-key';
/** Where the bridge serves MCP. */
export const BRIDGE_PATH = '/mcp';

/** The program of the bridge between stdio and streamable HTTP: the command of the package `mcp-proxy`, with this program's Node. */
export function bridgeFiles(): { node: string; program: string } {
  const { resolve } = createRequire(import.meta.url);
  const main = resolve('mcp-proxy');
  return { node: process.execPath, program: path.join(path.dirname(main), 'bin/mcp-proxy.mjs') };
}

/**
 * How a server over stdio is spoken to: by the handshake up to 2025-11-25, or as of 2026-07-28. The bridge could find out by asking, but
 * servers that know the handshake alone may end at any other question, or never answer it.
 */
export type ServerEra = 'legacy' | 'modern';

/** What a bridge is started with. */
export interface BridgeOptions {
  /** A free port of the loopback interface. */
  port: number;
  /** Whoever calls the bridge has to know it. */
  key: string;
  /** The era that the server is asked in. */
  era: ServerEra;
  /** How long the server may take for its handshake, in ms. */
  connectTimeoutMs: number;
}

/**
 * The command line of a bridge to a program that speaks over stdio; holds no secret. Both eras are served over one child, which is asked in
 * one. No event store: we never resume a stream, and it would keep what servers answered in memory.
 */
export function bridgeCommand(
  options: BridgeOptions,
  command: readonly string[],
): readonly string[] {
  const { node, program } = bridgeFiles();
  return [
    node,
    `--max-old-space-size=${HEAP_MB}`,
    program,
    ...['--host', '127.0.0.1', '--port', String(options.port)],
    ...['--server', 'stream', '--streamEndpoint', BRIDGE_PATH, '--no-eventStore'],
    ...['--upstreamProtocol', options.era, '--connectionTimeout', String(options.connectTimeoutMs)],
    ...['--gracefulShutdownTimeout', '2000', '--'],
    ...command,
  ];
}

/** Goes by the environment: other accounts can read command lines. */
export function bridgeEnvironment(key: string): Record<string, string> {
  return { [KEY_VARIABLE]: key };
}
