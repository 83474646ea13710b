import type { SecureContext } from 'node:tls';
import { SdkMcpClient, type SdkMcpClientOptions } from '../../../src/mcp/client/sdk-mcp-client.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';
import {
  createOutbound,
  type Outbound,
  type OutboundLimits,
} from '../../../src/outbound/guarded-fetch.ts';
import { DnsResolver, type DnsResolverOptions } from '../../../src/outbound/host-resolver.ts';
import { UserPolicy } from '../../../src/outbound/outbound-policy.ts';

/** Settings of {@link createTestOutbound}. */
export interface TestOutboundOptions {
  /** Default: none. */
  allowedHosts?: string;
  /** Default: 127.0.0.1/32. */
  allowedAddresses?: string;
  limits?: Partial<OutboundLimits>;
  dns?: DnsResolverOptions;
  /** Whom to trust. Default: the authorities Node trusts. */
  secureContext?: SecureContext;
}

/** The way out under the users' policy, open to test servers. */
export function createTestOutbound(options: TestOutboundOptions = {}): Outbound {
  return createOutbound({
    policy: new UserPolicy({
      allowedHosts: parseAllowedHosts(options.allowedHosts ?? ''),
      allowedAddresses: parseAllowedAddresses(options.allowedAddresses ?? '127.0.0.1/32'),
    }),
    resolver: new DnsResolver(options.dns),
    ...(options.limits !== undefined && { limits: options.limits }),
    ...(options.secureContext !== undefined && { secureContext: options.secureContext }),
  });
}

/** An MCP client on a way out of its own. */
export interface TestClient {
  mcpClient: SdkMcpClient;
  outbound: Outbound;
  close(): Promise<void>;
}

/** Makes an MCP client that may reach test servers on 127.0.0.1. */
export function createTestClient(
  options: TestOutboundOptions & Omit<Partial<SdkMcpClientOptions>, 'outbound'> = {},
): TestClient {
  const outbound = createTestOutbound(options);
  const { allowedHosts, allowedAddresses, limits, dns, secureContext, ...clientOptions } = options;
  const mcpClient = new SdkMcpClient({ ...clientOptions, outbound });
  return {
    mcpClient,
    outbound,
    close: async () => {
      await mcpClient.close();
      await outbound.close();
    },
  };
}
