// The client under test: what the service does with a server, asked for by the suite with the server's address.
import { readHeaderParameters } from '../../src/mcp/client/header-parameters.ts';
import type { OutgoingCall } from '../../src/mcp/client/mcp-client.ts';
import { SdkMcpClient } from '../../src/mcp/client/sdk-mcp-client.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../src/outbound/allow-lists.ts';
import { createOutbound } from '../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../src/outbound/host-resolver.ts';
import { UserPolicy } from '../../src/outbound/outbound-policy.ts';
import { connectAndCall, signInAndCall } from './sign-in.ts';

const url = process.argv.at(-1) ?? '';
const { MCP_CONFORMANCE_SCENARIO: scenario = '' } = process.env;
if (scenario.startsWith('auth/')) await signIn();
else await useTools();

/** Signing in is up to the whole service, which the suite's runner has started. */
async function signIn(): Promise<void> {
  const { client_id, client_secret, private_key_pem: private_key } = context();
  const secret = { ...(client_secret && { client_secret }), ...(private_key && { private_key }) };
  const scenarioOf = {
    serviceUrl: process.env['CONFORMANCE_SERVICE_URL'] ?? '',
    jwtSecret: process.env['CONFORMANCE_JWT_SECRET'] ?? '',
    serverUrl: url,
    client: client_id === undefined ? undefined : { client_id, ...secret },
  };
  const isByItself = scenario.startsWith('auth/client-credentials');
  await (isByItself ? connectAndCall(scenarioOf) : signInAndCall(scenarioOf));
}

async function useTools(): Promise<void> {
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
}

/** What the suite tells of the scenario. */
function context(): {
  toolCalls?: OutgoingCall[];
  client_id?: string;
  client_secret?: string;
  private_key_pem?: string;
} {
  return JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}');
}

/** The calls that some scenarios ask for. */
function askedCalls(): OutgoingCall[] | undefined {
  return context().toolCalls;
}

/** Arguments that fit a simple schema. */
function sampleOf({ properties }: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries((properties ?? {}) as Record<string, { type?: unknown }>);
  return Object.fromEntries(
    entries.map(([name, { type }], index) => [name, type === 'number' ? 5 + index : 'x']),
  );
}
