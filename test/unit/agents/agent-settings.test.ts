import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAgentSettings } from '../../../src/agent/agent-settings.ts';

const ONE = 'one-secret-of-at-least-32-characters';
const TWO = 'two-secret-of-at-least-32-characters';
const THREE = 'three-secret-of-at-least-32-characters';
const MINIMUM = {
  AGENT_NAME: 'edge-1',
  AGENT_SERVICE_URL: 'https://connectors.example.com/',
  AGENT_SERVICE_SECRETS: ONE,
  AGENT_HEARTBEAT_SECRET: TWO,
};

describe('the settings of a deployment agent', () => {
  it('have a default for everything but its name, its service and their secrets', () => {
    expect(loadAgentSettings(MINIMUM)).toEqual({
      ...{ name: 'edge-1', host: '127.0.0.1', port: 30_000 },
      serviceUrl: 'https://connectors.example.com',
      ...{ serviceSecrets: [ONE], heartbeatSecret: TWO, tls: undefined },
      // Nothing may be started that its operator has not allowed.
      ...{ dataDir: '.agent-data', commands: [], images: [] },
      ...{ docker: { program: 'docker', network: undefined }, maxServers: 20 },
      ...{ accounts: undefined, allowSameAccount: false, logLevel: 'info' },
      ...{ caFile: undefined, proxy: undefined },
    });
  });

  it('are lists of words where commands are allowed', () => {
    const settings = loadAgentSettings({
      ...MINIMUM,
      AGENT_SERVICE_SECRETS: `${ONE}, ${THREE}`,
      AGENT_COMMANDS: ' npx -y  @example/server , tracker-mcp,',
      AGENT_IMAGES: 'registry.example.com/mcp/',
      AGENT_ACCOUNTS: '60800-60899',
      AGENT_TLS_CERT_FILE: 'cert.pem',
      AGENT_TLS_KEY_FILE: 'key.pem',
      HTTPS_PROXY: 'http://proxy:3128',
      NO_PROXY: 'a,b',
    });
    expect(settings).toMatchObject({
      serviceSecrets: [ONE, THREE],
      commands: [['npx', '-y', '@example/server'], ['tracker-mcp']],
      images: ['registry.example.com/mcp/'],
      accounts: { first: 60_800, last: 60_899 },
      tls: { certFile: 'cert.pem', keyFile: 'key.pem' },
      proxy: { url: 'http://proxy:3128', noProxy: ['a', 'b'] },
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['a name that is none', { AGENT_NAME: '../x' }, 'AGENT_NAME'],
    ['a short secret', { AGENT_HEARTBEAT_SECRET: 'short' }, 'AGENT_HEARTBEAT_SECRET'],
    ['three secrets', { AGENT_SERVICE_SECRETS: `${ONE},${TWO},${THREE}` }, 'AGENT_SERVICE_SECRETS'],
    ['one secret for both directions', { AGENT_HEARTBEAT_SECRET: ONE }, 'AGENT_HEARTBEAT_SECRET'],
    ['a service with a user', { AGENT_SERVICE_URL: 'https://u:p@x' }, 'AGENT_SERVICE_URL'],
    ['a key without a certificate', { AGENT_TLS_KEY_FILE: 'x' }, 'AGENT_TLS_CERT_FILE'],
    ['accounts with root', { AGENT_ACCOUNTS: '0-10' }, 'AGENT_ACCOUNTS'],
    ['accounts the wrong way round', { AGENT_ACCOUNTS: '20-10' }, 'AGENT_ACCOUNTS'],
    ['a network that is an option', { AGENT_DOCKER_NETWORK: '--x' }, 'AGENT_DOCKER_NETWORK'],
    ['a port beyond', { AGENT_PORT: '70000' }, 'AGENT_PORT'],
  ])('are refused with %s, and no value is told', (_name, given, problem) => {
    let message = '';
    try {
      loadAgentSettings({ ...MINIMUM, ...given });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(problem);
    for (const value of [...Object.values(given), ONE, TWO, THREE]) {
      if (value.length > 5) expect(message).not.toContain(value);
    }
  });
});

it('are all in the README, and no others', () => {
  const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  const known = read('src/agent/agent-settings.ts').matchAll(/^ {2}(AGENT_[A-Z_]+): Type/gm);
  const [, section = ''] = read('README.md').split('| variable of the agent |');
  const [table = ''] = section.split('\n\n', 1);
  const rows = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const told = rows.flatMap((names) => [...names.matchAll(/`(AGENT_[A-Z_]+)`/g)]);
  expect(told.map(([, name]) => name).sort()).toEqual([...known].map(([, name]) => name).sort());
});
