import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** The MCP endpoint, and a token with its address as the audience. */
export interface EndpointOptions {
  url: string;
  token: string;
}

/** Finds one of the user's tools by its name and calls it, over the MCP endpoint. */
export async function callOverMcp(
  { url, token }: EndpointOptions,
  name: string,
  input: Record<string, unknown>,
) {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  const client = new Client({ name: 'my-agent', version: '1.0.0' });
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    if (!tools.some((tool) => tool.name === name)) throw new Error(`there is no tool ${name}`);
    return await client.callTool({ name, arguments: input });
  } finally {
    await client.close();
  }
}
