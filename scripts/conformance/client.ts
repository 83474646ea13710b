// The client under test: what the service does with a server, asked for by the suite with the server's address.
import { readHeaderParameters } from '../../src/mcp/client/header-parameters.ts';
import type { OutgoingCall } from '../../src/mcp/client/mcp-client.ts';
import { SdkMcpClient } from '../../src/mcp/client/sdk-mcp-client.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../src/outbound/allow-lists.ts';
import { createOutbound } from '../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../src/outbound/host-resolver.ts';
import { UserPolicy } from '../../src/outbound/outbound-policy.ts';

const url = process.argv.at(-1) ?? '';
const outbound = createOutbound({
  policy: new UserPolicy({
    allowedHosts: parseAllowedHosts('localhost'),
    allowedAddresses: parseAllowedAddresses('127.0.0.1/32,::1/128'),
  }),
  resolver: new SystemResolver(),
});
// The suite starts many clients at once: a busy machine must not look like a server of the legacy era.
const client = new SdkMcpClient({ outbound, probeTimeoutMs: 60_000 });
const signal = AbortSignal.timeout(100_000);
const connection = await client.connect(
  { url, transport: 'auto', era: undefined, secretHeaders: {} },
  { signal },
);
const { tools } = await connection.listTools({ signal });
const calls =
  askedCalls() ??
  tools.map(({ name, inputSchema }) => ({ name, arguments: sampleOf(inputSchema) }));
for (const call of calls) {
  const tool = tools.find(({ name }) => name === call.name);
  const reading = tool && readHeaderParameters(tool.inputSchema);
  const headerParameters = reading?.ok ? reading.parameters : [];
  await connection.callTool({ ...call, headerParameters }, { signal });
}
await connection.close();
await client.close();
await outbound.close();

/** The calls that some scenarios ask for. */
function askedCalls(): OutgoingCall[] | undefined {
  const context: { toolCalls?: OutgoingCall[] } = JSON.parse(
    process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}',
  );
  return context.toolCalls;
}

/** Arguments that fit a simple schema. */
function sampleOf({ properties }: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries((properties ?? {}) as Record<string, { type?: unknown }>);
  return Object.fromEntries(
    entries.map(([name, { type }], index) => [name, type === 'number' ? 5 + index : 'x']),
  );
}
