import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  renderEnvExample,
  replaceSettingsTable,
} from '../../../scripts/settings/settings-documents.ts';
import { ConfigError, loadConfig, type SettingCheck } from '../../../src/config.ts';
import { describeSettings } from '../../../src/config-settings.ts';
import { settingChecks as allChecks } from '../../../src/setting-checks.ts';

const SECRET = 'a-secret-of-32-bytes-or-even-more';
const MINIMUM = { JWT_SECRET: SECRET, ENCRYPTION_KEYS: 'k1:abc' };
/** The key of {@link MINIMUM} is none. */
const settingChecks = { ...allChecks, ENCRYPTION_KEYS: () => undefined };
const PRODUCTION = {
  ...MINIMUM,
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/app',
  JWT_ISSUER: 'https://id.example.com',
  JWT_AUDIENCE: 'https://api.example.com',
};

function problemsOf(
  env: Record<string, string | undefined>,
  checks?: Record<string, SettingCheck>,
): readonly string[] {
  try {
    loadConfig(env, checks);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('a sound configuration', () => {
  test('has a default for everything but the secrets', () => {
    expect(loadConfig(MINIMUM)).toEqual({
      environment: 'development',
      host: '127.0.0.1',
      port: 8080,
      adminPort: undefined,
      logLevel: 'info',
      publicUrl: undefined,
      trustProxy: false,
      corsOrigins: [],
      databaseUrl: undefined,
      dataDir: '.data',
      token: {
        source: { kind: 'secret', secret: SECRET },
        issuer: 'mcp-connectors',
        audience: 'mcp-connectors',
        tenantClaim: 'tenant',
        agentClients: [],
      },
      mcp: { authorizationServers: [], hosts: ['127.0.0.1'], allowLoopback: true },
      encryptionKeys: 'k1:abc',
      keyService: undefined,
      outbound: { allowedHosts: [], allowedAddresses: [], caFile: undefined, proxy: undefined },
      catalog: {
        file: undefined,
        gates: [],
        namespace: 'default',
        autoProvision: false,
        autoCleanup: false,
      },
      agents: { file: undefined, secrets: {} },
      rateLimitMax: 6000,
      credentialsKeptDays: 30,
      auditKeptDays: 365,
      toolCacheBytes: 128 * 1024 * 1024,
      sessions: {
        max: 5000,
        maxPerUser: 50,
        maxPerConnector: 500,
        maxCallsPerUser: 100,
        idleMinutes: 60,
        sweepMinutes: 30,
      },
      toolPolicies: { first: 'accept', changed: 'hold', destructive: 'accept' },
      testLimits: {
        atOnce: 100,
        atOncePerUser: 10,
        atOncePerDestination: 20,
        perMinutePerUser: 120,
        perMinutePerDestination: 600,
      },
    });
  });

  test('is read from text', () => {
    const config = loadConfig({
      ...PRODUCTION,
      JWT_SECRET: undefined,
      JWT_JWKS_URL: 'https://id.example.com/keys',
      JWT_ALGORITHM: 'ES256',
      PORT: '0',
      ADMIN_PORT: ' 9090 ',
      PUBLIC_URL: 'https://connectors.example.com/',
      CORS_ORIGINS: 'https://a.example.com, http://localhost:3000,',
      TRUST_PROXY: '10.0.0.0/8, loopback, ::1',
      AGENT_CLIENTS: 'planner,writer',
      OUTBOUND_ALLOWED_HOSTS: 'tools.internal',
      OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32, ::1/128',
    });
    expect(config).toMatchObject({
      environment: 'production',
      port: 0,
      adminPort: 9090,
      publicUrl: 'https://connectors.example.com',
      corsOrigins: ['https://a.example.com', 'http://localhost:3000'],
      trustProxy: ['10.0.0.0/8', 'loopback', '::1'],
      token: {
        source: { kind: 'jwks', url: 'https://id.example.com/keys', algorithm: 'ES256' },
        issuer: 'https://id.example.com',
        audience: 'https://api.example.com',
        agentClients: ['planner', 'writer'],
      },
      outbound: {
        allowedHosts: ['tools.internal'],
        allowedAddresses: ['127.0.0.1/32', '::1/128'],
      },
    });
  });

  test('says how servers run as processes, and where in production they may not', () => {
    const env = { ...MINIMUM, PROCESS_RUNTIME: 'on', PATH: '/bin', DOCKER_HOST: 'unix:///e.sock' };
    expect(loadConfig({ ...MINIMUM, PROCESS_IMAGES: 'a/' }).processes).toBeUndefined();
    expect(
      loadConfig({ ...env, PROCESS_ACCOUNTS: '70000-70009', PROCESS_IMAGES: 'a/, b:1' }).processes,
    ).toEqual({
      ...{ host: '127.0.0.1', port: 8070, origin: undefined, maxServers: 20 },
      ...{ accounts: { first: 70_000, last: 70_009 }, allowSameAccount: true },
      ...{ images: ['a/', 'b:1'], searchPath: '/bin' },
      // Neither keys nor secrets of the service.
      dockerEnvironment: { PATH: '/bin', DOCKER_HOST: 'unix:///e.sock' },
    });
    const production = { ...PRODUCTION, PROCESS_RUNTIME: 'on' };
    expect(loadConfig(production).processes?.allowSameAccount).toBe(false);
    const allowed = loadConfig({ ...production, PROCESS_SAME_ACCOUNT: 'on' });
    expect(allowed.processes?.allowSameAccount).toBe(true);
    for (const wrong of [
      { PROCESS_HOST: '0.0.0.0' },
      { PROCESS_ORIGIN: 'http://10.0.0.1:8070/path' },
      { PROCESS_ACCOUNTS: '0-10' },
      { PROCESS_ACCOUNTS: '70009-70000' },
      { PROCESS_MAX_SERVERS: '0' },
    ]) {
      expect(() => loadConfig({ ...env, ...wrong }), JSON.stringify(wrong)).toThrow('PROCESS_');
    }
  });

  test('counts an empty variable as absent', () => {
    expect(loadConfig({ ...MINIMUM, PORT: '', JWT_JWKS_URL: '  ', DATABASE_URL: '' }).port).toBe(
      8080,
    );
  });

  test('a number of proxies may be trusted', () => {
    expect(loadConfig({ ...MINIMUM, TRUST_PROXY: '2' }).trustProxy).toBe(2);
  });

  test.each([
    'https://id.example.com/keys',
    'http://localhost:8180/keys',
    'http://127.0.0.1/keys',
    'http://[::1]/keys',
    'http://keycloak:8080/keys',
    'http://keycloak.auth.svc/keys',
    'http://keycloak.auth.svc.cluster.local./keys',
    'http://metadata.internal/keys',
  ])('production takes the key set %s', (url) => {
    expect(problemsOf({ ...PRODUCTION, JWT_SECRET: '', JWT_JWKS_URL: url })).toEqual([]);
  });

  test('cannot be changed', () => {
    const config = loadConfig({ ...MINIMUM, CORS_ORIGINS: 'https://a.example.com' });
    expect(() => Object.assign(config.token, { issuer: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(config.corsOrigins, ['x'])).toThrow(TypeError);
  });
});

describe('a configuration with problems', () => {
  test('names all of them at once', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: '70000',
      ADMIN_PORT: '9090.5',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://db',
      PUBLIC_URL: 'ftp://x',
      CORS_ORIGINS: '*',
      TRUST_PROXY: 'true',
      RATE_LIMIT_MAX: '0',
    });
    expect(problems).toEqual([
      'PORT must be an integer from 0 to 65535',
      'ADMIN_PORT must be an integer from 0 to 65535',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
      'DATABASE_URL must be a URL that begins with postgres:// or postgresql://',
      'ENCRYPTION_KEYS is required',
      'RATE_LIMIT_MAX must be an integer from 1 to 1000000',
      'JWT_SECRET or JWT_JWKS_URL must be set, and not both',
      'PUBLIC_URL must be an http or https URL without a user, query or fragment',
      'CORS_ORIGINS must be a list of origins such as https://app.example.com; a wildcard is not allowed',
      'TRUST_PROXY must be a number of proxies from 0 to 16, or a list of addresses and networks',
      'JWT_ISSUER is required in production',
      'JWT_AUDIENCE is required in production',
    ]);
  });

  test('never repeats a value', () => {
    const canary = 'canary-7f3a';
    const env = Object.fromEntries(describeSettings().map(({ name }) => [name, canary]));
    const message = problemsOf(env).join('\n');
    expect(message).not.toBe('');
    expect(message).not.toContain(canary);
  });

  test.each<[string, Record<string, string>]>([
    ['both sources of tokens', { ...MINIMUM, JWT_JWKS_URL: 'https://id.example.com' }],
    ['a short secret', { ...MINIMUM, JWT_SECRET: 'ä'.repeat(15) }],
    ['a key set that is no URL', { ENCRYPTION_KEYS: 'x', JWT_JWKS_URL: 'id.example.com' }],
    ['a key set from a file', { ENCRYPTION_KEYS: 'x', JWT_JWKS_URL: 'file:///keys.json' }],
    ['a public URL with a query', { ...MINIMUM, PUBLIC_URL: 'https://a.example.com/?x=1' }],
    ['a public URL with a user', { ...MINIMUM, PUBLIC_URL: 'https://a:b@a.example.com' }],
    ['an origin with a path', { ...MINIMUM, CORS_ORIGINS: 'https://a.example.com/app' }],
    ['too many proxies', { ...MINIMUM, TRUST_PROXY: '17' }],
    ['a network that does not exist', { ...MINIMUM, TRUST_PROXY: '10.0.0.0/33' }],
    ['any proxy', { ...MINIMUM, TRUST_PROXY: '*' }],
    ...['http://id.example.com/keys', 'http://10.0.0.7/keys', 'http://svc.example.com/keys'].map(
      (url): [string, Record<string, string>] => [
        `a key set that anybody on the way could exchange, ${url}`,
        { ...PRODUCTION, JWT_SECRET: '', JWT_JWKS_URL: url },
      ],
    ),
    [
      'the audience of the MCP endpoint',
      {
        ...MINIMUM,
        PUBLIC_URL: 'https://a.example.com/',
        JWT_AUDIENCE: 'https://a.example.com/mcp',
      },
    ],
    ['agents with a shared secret in production', { ...PRODUCTION, AGENT_CLIENTS: 'planner' }],
    ['production without a database', { ...PRODUCTION, DATABASE_URL: '' }],
  ])('refuses %s', (_name, env) => {
    expect(problemsOf(env)).toHaveLength(1);
  });

  test('asks the modules that own a format', () => {
    const checks = { ENCRYPTION_KEYS: () => 'must hold keys of 32 bytes' };
    expect(problemsOf(MINIMUM, checks)).toEqual(['ENCRYPTION_KEYS must hold keys of 32 bytes']);
    expect(problemsOf({ JWT_SECRET: SECRET }, checks)).toEqual(['ENCRYPTION_KEYS is required']);
  });
});

describe('the settings of the way out', () => {
  const CA_FILE = path.resolve(import.meta.dirname, '../../../package.json');

  test('are read', () => {
    const { outbound } = loadConfig(
      {
        ...MINIMUM,
        OUTBOUND_CA_FILE: '/etc/authorities.pem',
        HTTPS_PROXY: 'http://user:pass@proxy.internal:3128',
        NO_PROXY: ' .svc, 10.0.0.0/8,example.com:8443 ',
        OUTBOUND_PROXY_CONNECT_BY: 'name',
      },
      { ...settingChecks, OUTBOUND_CA_FILE: () => undefined },
    );
    expect(outbound).toMatchObject({
      caFile: '/etc/authorities.pem',
      proxy: {
        url: 'http://user:pass@proxy.internal:3128',
        noProxy: ['.svc', '10.0.0.0/8', 'example.com:8443'],
        connectBy: 'name',
      },
    });
  });

  test('ask for addresses by default, and need no proxy', () => {
    const proxy = 'http://proxy.internal:3128';
    expect(loadConfig({ ...MINIMUM, HTTPS_PROXY: proxy }, settingChecks).outbound.proxy).toEqual({
      url: proxy,
      noProxy: [],
      connectBy: 'address',
    });
    const withoutProxy = { ...MINIMUM, NO_PROXY: 'example.com', https_proxy: proxy };
    expect(loadConfig(withoutProxy, settingChecks).outbound.proxy).toBeUndefined();
  });

  test.each([
    [
      { OUTBOUND_CA_FILE: '/missing-4711.pem' },
      'OUTBOUND_CA_FILE names a file that cannot be read',
    ],
    [
      { OUTBOUND_CA_FILE: CA_FILE },
      'OUTBOUND_CA_FILE names a file without a certificate in PEM form',
    ],
    [
      { HTTPS_PROXY: 'socks5://user:pass-4711@proxy:1080' },
      'HTTPS_PROXY must be an http or https URL',
    ],
    [{ HTTPS_PROXY: 'proxy-4711:3128' }, 'HTTPS_PROXY must be an http or https URL'],
    [{ HTTPS_PROXY: 'http://us%0aer:pass-4711@proxy' }, 'HTTPS_PROXY must be an http or https URL'],
    [{ HTTPS_PROXY: 'http://proxy:3128/path-4711' }, 'HTTPS_PROXY must be an http or https URL'],
    [{ NO_PROXY: 'good.example,http://4711.example' }, 'NO_PROXY does not have the expected form'],
    [
      { OUTBOUND_PROXY_CONNECT_BY: 'any-4711' },
      'OUTBOUND_PROXY_CONNECT_BY must be one of address, name',
    ],
    [
      { OUTBOUND_ALLOWED_ADDRESSES: '::ffff:10.0.0.0/104' },
      'OUTBOUND_ALLOWED_ADDRESSES does not have the expected form',
    ],
  ])('are refused, without any value: %o', (env, problem) => {
    const problems = problemsOf({ ...MINIMUM, ...env }, settingChecks);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).not.toContain('4711');
  });
});

describe('the documentation of the settings', () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  const remedy = 'run `npm run settings:write`';

  test('.env.example is up to date', async () => {
    expect(await readFile(path.join(root, '.env.example'), 'utf8'), remedy).toBe(
      renderEnvExample(),
    );
  });

  test('the table of the README is up to date', async () => {
    const readme = await readFile(path.join(root, 'README.md'), 'utf8');
    expect(readme, remedy).toBe(replaceSettingsTable(readme));
  });

  test('every setting has a sentence', () => {
    for (const { name, description } of describeSettings()) {
      expect(description, name).toMatch(/^[A-Z].{10,}[.`)]$/);
    }
  });

  test('a README without the markers is an error', () => {
    expect(() => replaceSettingsTable('# Nothing')).toThrow('settings:start');
  });
});
