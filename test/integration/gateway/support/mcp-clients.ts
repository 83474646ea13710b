import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** How a test client connects. */
export interface ClientOptions {
  /** The endpoint. */
  url: string;
  token: string;
  /** Sent with every request besides the token. */
  headers?: Readonly<Record<string, string>>;
}

const INFO = { name: 'test-client', version: '1.0.0' };

function requestInit({ token, headers = {} }: ClientOptions): RequestInit {
  return { headers: { ...headers, authorization: `Bearer ${token}` } };
}

/** The official client of the legacy era (SDK 1), connected. */
export async function connectLegacy(options: ClientOptions): Promise<LegacyClient> {
  const client = new LegacyClient(INFO);
  const transport = new LegacyTransport(new URL(options.url), {
    requestInit: requestInit(options),
  });
  // SDK 1 was not written for exactOptionalPropertyTypes: its own transports do not fit its own interface.
  await client.connect(transport as Transport);
  return client;
}

/** The official client of SDK 2, connected: in the modern era, or as it negotiates by default. */
export async function connectModern(
  options: ClientOptions,
  era: 'modern' | 'default' = 'modern',
): Promise<ModernClient> {
  const client = new ModernClient(
    INFO,
    era === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
  );
  await client.connect(
    new ModernTransport(new URL(options.url), { requestInit: requestInit(options) }),
  );
  return client;
}
