import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { checkAgentsFile, readAgents } from '../../../src/modules/agents/agents-file.ts';
import { settingChecks } from '../../../src/setting-checks.ts';

// Which machines run managed servers, and which secrets go there, is said in one file, so it is read strictly.

const ONE = 'one-secret-of-at-least-32-characters';
const TWO = 'two-secret-of-at-least-32-characters';
const THREE = 'three-secret-of-at-least-32-characters';
const VARIABLES = {
  AGENT_SECRET_ONE: ONE,
  AGENT_SECRET_TWO: ` ${TWO} `,
  AGENT_SECRET_THREE: THREE,
  AGENT_SECRET_AGAIN: ONE,
  AGENT_SECRET_SHORT: 'short',
  DATABASE_URL: 'postgres://user:the-password-of-the-database@db/x',
};

let file: string;
beforeAll(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'agents-')), 'agents.yaml');
});
afterAll(() => rmSync(path.dirname(file), { recursive: true }));

const agent = (more = '', url = 'https://edge.example.com:30000', name = 'edge-1') =>
  `  - name: ${name}\n    url: ${url}\n    secret: AGENT_SECRET_ONE\n    heartbeat_secrets: [AGENT_SECRET_TWO]\n${more}`;
const check = (text: string) => {
  writeFileSync(file, text);
  return checkAgentsFile(file, VARIABLES)?.replaceAll(`${file}:`, '');
};
const urlOf = (url: string) => check(`agents:\n${agent('', url)}`);

describe('the file of the agents', () => {
  it('says where each is, and what the two show to each other', () => {
    writeFileSync(
      file,
      `agents:\n${agent('    labels: {region: north}\n').replace('[AGENT_SECRET_TWO]', '[AGENT_SECRET_TWO, AGENT_SECRET_THREE]')}`,
    );
    expect(readAgents(file, VARIABLES)).toEqual([
      {
        name: 'edge-1',
        origin: 'https://edge.example.com:30000',
        labels: { region: 'north' },
        secret: ONE,
        heartbeatSecrets: [TWO, THREE],
      },
    ]);
  });

  it.each([
    'https://edge.example.com',
    'https://10.0.0.1:30000/',
    'http://10.0.0.1:30000',
    'http://127.0.0.1:30000',
    'http://[fd12::1]:30000',
    'http://agent:30000',
    'http://agent.tools.svc.cluster.local:30000',
  ])('takes %s', (url) => expect(urlOf(url)).toBeUndefined());

  it.each([
    'http://edge.example.com:30000',
    'http://8.8.8.8:30000',
    'http://[2606:4700::1]:30000',
    // What hands out credentials of the machine.
    'http://169.254.169.254',
    'http://10.0.0.1.example.com',
  ])('wants TLS for %s', (url) => expect(urlOf(url)).toContain('3:5 /agents/0/url must be https'));

  it.each([
    'https://user:pass@edge.example.com',
    'https://edge.example.com/path',
    'https://edge.example.com?x=1',
    'https://edge.example.com#x',
    'ftp://edge.example.com',
    'edge.example.com:30000',
    '"https://edge.example.com "',
    'https://EDGE.example.com',
  ])('takes origins only, and not %s', (url) =>
    expect(urlOf(url)).toContain('/agents/0/url must be the origin of an agent'),
  );

  it('names only variables made for it, which are set', () => {
    const secretOf = (name: string) =>
      check(`agents:\n${agent().replace('AGENT_SECRET_ONE', name)}`);
    expect(secretOf('DATABASE_URL')).toContain('4:5 /agents/0/secret must match');
    expect(secretOf('AGENT_SECRET_NONE')).toContain('/agents/0/secret names a variable that is');
    expect(secretOf('AGENT_SECRET_SHORT')).toContain('/agents/0/secret names a variable that is');
    expect(secretOf('the-secret-itself-instead-of-a-name')).not.toContain('itself');
  });

  it('refuses agents that could be taken for each other', () => {
    const second = (text: string) => check(`agents:\n${agent()}${text}`) ?? '';
    const other = agent('', 'https://other.example.com', 'edge-2');
    const own = other.replace('ONE', 'THREE').replace('[AGENT_SECRET_TWO]', '[AGENT_SECRET_AGAIN]');
    expect(second(own)).toContain('/agents/1 has a secret that is used twice');
    expect(second(other)).toContain('/agents/1 has a secret that is used twice');
    expect(second(agent())).toContain('/agents/1/name stands in this file already');
    expect(second(agent())).toContain('/agents/1/url is that of another agent');
  });

  it.each([
    ['agents: {}', '/agents is not valid'],
    ['', '/ is not valid'],
    ['agents: [{}]', '/agents/0/name is required'],
    [`agents:\n${agent('    command: [sh]\n')}`, '6:5 /agents/0/command is not known here'],
    [`agents:\n${agent('', undefined, 'Edge 1')}`, '2:5 /agents/0/name must match'],
    [`agents:\n${agent('', undefined, '../../etc')}`, '/agents/0/name must match'],
    [`agents: &a\n${agent()}`, 'has an anchor'],
    [`agents:\n${agent('    labels: {region: 1}\n')}`, '/agents/0/labels/region'],
    [`agents:\n${agent('    labels: {"a b": x}\n')}`, '/agents/0/labels'],
  ])('says what is wrong and where: %s', (text, problem) => {
    expect(check(text)).toContain(problem);
  });

  it('is checked with the other settings, and no message has a secret', () => {
    writeFileSync(file, `agents:\n${agent('    x: 1\n').replace('_ONE', '_SHORT')}`);
    const env = { ...VARIABLES, AGENTS_FILE: file };
    const load = () => loadConfig(env, settingChecks);
    expect(load).toThrow(/AGENTS_FILE The agents are not valid/);
    expect(load).toThrow(/JWT_SECRET/);
    expect(load).not.toThrow(/the-password|short-|one-secret|two-secret/);
    expect(checkAgentsFile('/nowhere/agents.yaml', {})).toBe('cannot be read');
  });
});
