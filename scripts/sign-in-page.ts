import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Part } from './started-parts.ts';

/** The page that browsers come back to from a sign-in, in place of a frontend. */
export interface SignInPage extends Part {
  url: string;
}

/** What the service puts into the address; anything else is not repeated in a command. */
const VALUE = /^[\w-]{1,100}$/;

/**
 * Serves, on the loopback interface, what to type next. It completes nothing by itself: that is up to the user who started the sign-in.
 * @param serviceUrl of the service, as users reach it
 */
export async function startSignInPage(serviceUrl: string): Promise<SignInPage> {
  const server = createServer(({ url = '/' }, response) => {
    const parameters = new URLSearchParams(url.slice(url.indexOf('?') + 1));
    const text = textOf(parameters, `${serviceUrl}/api/oauth/authorizations`);
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    response.writeHead(text === undefined ? 404 : 200, headers).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function textOf(parameters: URLSearchParams, api: string): string | undefined {
  const [id, handle, error, connector] = [
    'authorization_id',
    'handle',
    'error',
    'connector_id',
  ].map((name) => {
    const value = parameters.get(name) ?? '';
    return VALUE.test(value) ? value : undefined;
  });
  if (error !== undefined) return `Nobody has signed in: ${error}\n`;
  if (id !== undefined && handle !== undefined) {
    const command = curl(`${api}/${id}/complete`, { handle });
    return `Signed in, and nothing is saved yet. Complete it with the token of the user who started it:\n\n${command}\n`;
  }
  if (connector === undefined) return undefined;
  const command = curl(api, { connector_id: connector });
  return `This connector needs a sign-in. Start it with the token of its owner, and open the link in the answer:\n\n${command}\n`;
}

function curl(url: string, body: Record<string, string>): string {
  return [
    `curl -s ${url} -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
  ].join('\n');
}
