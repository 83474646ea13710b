import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEVELOPMENT_AUDIENCE } from '../../../src/config.ts';
import { ApiClient } from '../../support/api-client.ts';
import { createSigningKey, KeyServer } from '../../support/key-server.ts';
import { type ModernServer, startDualServer } from '../../support/mcp-servers/modern-server.ts';
import type { TestProxy } from '../../support/test-proxy.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ProxiedNetwork, PUBLIC_V4 } from './support/proxied-network.ts';

const NAME = 'mcp.example.com';
const PASSWORD = 'password-4711';
const AUTHORIZATION = `Basic ${Buffer.from(`gateway:${PASSWORD}`).toString('base64')}`;

let network: ProxiedNetwork;
let folder: string;
let caFile: string;

beforeAll(async () => {
  network = await ProxiedNetwork.create();
  folder = mkdtempSync(path.join(tmpdir(), 'authorities-'));
  caFile = path.join(folder, 'authorities.pem');
  writeFileSync(caFile, network.authority.cert);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => network.clear());

async function startServer(names: string[]): Promise<{ server: ModernServer; port: number }> {
  const server = await startDualServer();
  network.later(() => server.close());
  const { port } = await network.terminateTls(names, server.port);
  return { server, port };
}

async function startService(
  proxy: TestProxy,
  env: Record<string, string> = {},
): Promise<TestService> {
  const service = await startTestService({
    env: {
      OUTBOUND_CA_FILE: caFile,
      HTTPS_PROXY: `http://gateway:${PASSWORD}@127.0.0.1:${proxy.port}`,
      ...env,
    },
  });
  network.later(() => service.close());
  return service;
}

/** Nothing that was logged tells the password. */
function expectNoSecrets({ logLines }: TestService): void {
  expect(logLines.length).toBeGreaterThan(0);
  const secrets = [PASSWORD, AUTHORIZATION.slice('Basic '.length)];
  expect(logLines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
}

describe('the service behind a proxy', () => {
  it('tests, saves and calls a server through it, and nothing else', async () => {
    const { server, port } = await startServer([PUBLIC_V4]);
    const proxy = await network.startProxy({ authorization: AUTHORIZATION });
    const service = await startService(proxy);
    const alice = await service.clientFor();
    const server_url = `https://${PUBLIC_V4}:${port}/mcp`;
    expect((await alice.testConnection({ server_url })).ok()).toMatchObject({ success: true });
    (await alice.createConnector({ name: 'Far', server_url })).ok(201);
    const answer = await alice.callTool({ name: 'far__echo', arguments: { message: 'hello' } });
    expect(answer.ok()).toMatchObject({ is_error: false });
    expect(server.calls['echo']).toBe(1);
    expect([...new Set(proxy.connects)]).toEqual([`${PUBLIC_V4}:${port}`]);

    const before = proxy.connects.length;
    for (const host of [
      '10.0.0.1',
      '169.254.169.254',
      '[64:ff9b::a9fe:a9fe]',
      'metadata.google.internal',
    ]) {
      const refused = await alice.testConnection({ server_url: `https://${host}:${port}/mcp` });
      expect(refused.text, host).toContain('BLOCKED_URL');
    }
    expect(proxy.connects).toHaveLength(before);
    expectNoSecrets(service);
  });

  it('asks it for names where that is set', async () => {
    const { port } = await startServer([NAME]);
    const proxy = await network.startProxy();
    const service = await startService(proxy, { OUTBOUND_PROXY_CONNECT_BY: 'name' });
    const alice = await service.clientFor();
    const server_url = `https://${NAME}:${port}/mcp`;
    expect((await alice.testConnection({ server_url })).ok()).toMatchObject({ success: true });
    expect([...new Set(proxy.connects)]).toEqual([`${NAME}:${port}`]);
  });

  it('goes around it to what NO_PROXY names', async () => {
    const proxy = await network.startProxy();
    const service = await startService(proxy, {
      OUTBOUND_PROXY_CONNECT_BY: 'name',
      NO_PROXY: '.around.invalid',
    });
    const alice = await service.clientFor();
    for (const host of ['mcp.around.invalid', 'mcp.through.invalid']) {
      const answer = await alice.testConnection({ server_url: `https://${host}/mcp` });
      expect(answer.text, host).toContain('CONNECTION_FAILED');
    }
    expect([...new Set(proxy.connects)]).toEqual(['mcp.through.invalid:443']);
  });

  it('goes around it to this machine, and trusts the authorities of the file there too', async () => {
    const { port } = await startServer(['localhost']);
    const proxy = await network.startProxy();
    const service = await startService(proxy, { OUTBOUND_ALLOWED_HOSTS: 'localhost' });
    const alice = await service.clientFor();
    const server_url = `https://localhost:${port}/mcp`;
    expect((await alice.testConnection({ server_url })).ok()).toMatchObject({ success: true });
    expect(proxy.connects).toEqual([]);
  });

  it('shows its users nothing of a proxy that refuses', async () => {
    const proxy = await network.startProxy({ authorization: 'Basic other' });
    const service = await startService(proxy);
    const alice = await service.clientFor();
    const answer = await alice.testConnection({ server_url: `https://${PUBLIC_V4}/mcp` });
    expect(answer.text).not.toMatch(new RegExp(`407|[Pp]roxy|${PUBLIC_V4}|:${proxy.port}|4711`));
    expect(answer.text).toContain('CONNECTION_FAILED');
    expectNoSecrets(service);
    // Its operator finds the reason in the log.
    const refusal = service.logLines.find((line) => line.includes('the egress proxy'));
    expect(refusal).toContain('PROXY_ANSWERED_407');
  });

  it('fetches the keys of access tokens through it', async () => {
    const keys = new KeyServer();
    const plain = await keys.start();
    network.later(() => keys.stop());
    const key = await createSigningKey('k1');
    keys.keys = [key.publicJwk];
    const { port } = await network.terminateTls([PUBLIC_V4], Number(plain.port));
    const proxy = await network.startProxy({ authorization: AUTHORIZATION });
    const service = await startService(proxy, {
      JWT_SECRET: '',
      JWT_JWKS_URL: `https://${PUBLIC_V4}:${port}/keys`,
    });
    const token = await key.sign({
      iss: DEVELOPMENT_AUDIENCE,
      aud: DEVELOPMENT_AUDIENCE,
      sub: `user-${randomBytes(4).toString('hex')}`,
      exp: Math.floor(Date.now() / 1000) + 600,
      scope: 'connectors:read',
    });
    const alice = new ApiClient({ baseUrl: service.url, token });
    expect((await alice.listConnectors()).ok().items).toEqual([]);
    expect(proxy.connects).toEqual([`${PUBLIC_V4}:${port}`]);
    expectNoSecrets(service);
  });
});

describe('the service without the authorities of a file', () => {
  it('does not trust a server that is signed by them', async () => {
    const { port } = await startServer(['localhost']);
    const proxy = await network.startProxy();
    const service = await startService(proxy, {
      OUTBOUND_CA_FILE: '',
      OUTBOUND_ALLOWED_HOSTS: 'localhost',
    });
    const alice = await service.clientFor();
    const answer = await alice.testConnection({ server_url: `https://localhost:${port}/mcp` });
    expect(answer.text).toContain('CONNECTION_FAILED');
  });
});
