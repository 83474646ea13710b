import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CatalogFileError, readCatalog } from '../../../src/modules/catalog/catalog-file.ts';
import { valueProblem } from '../../../src/modules/catalog/setting-values.ts';

// What an operator says of how servers are started. It becomes processes and containers: what is ambiguous or hostile is refused, with its place.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'catalog-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  const file = path.join(folder, 'own.yaml');
  writeFileSync(file, text);
  return readCatalog({ file, namespace: 'studio' });
};
const find = (text: string, key = 'own') => read(text).find((entry) => entry.key === key);
const refusal = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof CatalogFileError)) throw error;
    return error.problems
      .map(({ line, column, pointer, message }) => `${line}:${column} ${pointer} ${message}`)
      .join('\n');
  }
  return '';
};
/** An entry that is deployed; `lines` begin at line 5. */
const own = (lines: string, runOn = '[agent]') =>
  `entries:\n  - key: own\n    title: Own\n    description: Ours.\n${lines}\n    run_on: ${runOn}\n`;
const launched = (launch: string, runOn?: string) => own(`    launch: ${launch}`, runOn);
const setting = (carrier: string, type = 'string') =>
  own(
    `    launch: { command: [server], environment: { MODE: quiet } }\n    settings:\n      - { name: a, title: A, type: ${type}, ${carrier} }`,
  );

describe('an entry that is launched', () => {
  it('says how, and where, and has defaults for the rest', () => {
    expect(find(launched('{ command: [npx, -y, "a b; rm -rf /"] }'))).toMatchObject({
      launch: {
        // A list as it is: nothing of it is ever read by a shell.
        command: ['npx', '-y', 'a b; rm -rf /'],
        image: undefined,
        ...{ speaks: 'stdio', port: 8000, path: '/mcp', environment: {} },
        ...{ memoryMb: 512, cpuMillis: 500 },
      },
      ...{ runOn: ['agent'], instances: 1, url: undefined, auth: { kind: 'none' } },
    });
    const full = find(
      own(
        `    image: registry.example.com:5000/team/own-server:1.2@sha256:${'a'.repeat(64)}
    instances: 3
    launch: { speaks: http, port: 9000, path: /v1/mcp, environment: { LOG_LEVEL: info }, memory_mb: 64, cpu_millis: 100 }
    url: http://own:1/mcp
    settings:
      - { name: token, title: Token, type: string, required: true, secret: true, header: { name: Authorization, value: 'Bearer {value}' }, env: API_TOKEN }
      - { name: key, title: Key, type: string, secret: true, header: { name: X-Key }, file: { name: key.json, env: KEY_FILE } }`,
        '[kubernetes, static]',
      ),
    );
    expect(full).toMatchObject({
      launch: {
        image: `registry.example.com:5000/team/own-server:1.2@sha256:${'a'.repeat(64)}`,
        ...{ speaks: 'http', port: 9000, path: '/v1/mcp', memoryMb: 64, cpuMillis: 100 },
        environment: { LOG_LEVEL: 'info' },
      },
      ...{ runOn: ['kubernetes', 'static'], instances: 3, url: 'http://own:1/mcp' },
      settings: [
        { header: { name: 'Authorization' }, carrier: { kind: 'variable', variable: 'API_TOKEN' } },
        { carrier: { kind: 'file', name: 'key.json', variable: 'KEY_FILE' } },
      ],
    });
  });

  it('may be one that ships, at another place', () => {
    const github = find('overrides: { github: { launch: {}, run_on: [kubernetes] } }', 'github');
    expect(github).toMatchObject({
      ...{ runOn: ['kubernetes'], url: undefined },
      launch: { image: 'mcp/github:latest', command: undefined },
    });
    const cloud = refusal('overrides:\n  google-cloud: { launch: {}, run_on: [kubernetes] }');
    expect(cloud).toContain('2:19 /overrides/google-cloud/launch/image is required where run_on');
    expect(find('', 'github')).toMatchObject({ runOn: ['static'], launch: undefined });
  });

  it.each<[string, string, string]>([
    ['a shell line', launched('{ command: "npx -y server" }'), '5:15 /entries/0/launch/command'],
    [
      'a shell line in a list',
      launched('{ command: ["npx -y server"] }'),
      '5:25 /entries/0/launch/command/0 must be a program: no shell reads it',
    ],
    ['no program', launched('{ command: [""] }'), '/entries/0/launch/command/0 must be a program'],
    ['an empty list', launched('{ command: [] }'), '/entries/0/launch/command is not valid'],
    ['a NUL', launched('{ command: [a, "b\\0"] }'), '/entries/0/launch/command/1 must match'],
    ['a line end', launched('{ command: [a, "b\\n"] }'), '/entries/0/launch/command/1 must match'],
    ['an image with spaces', launched('{ image: "own --privileged" }'), 'launch/image must match'],
    ['an image that is a path', launched('{ image: ../../etc }'), 'launch/image must match'],
    ['an option as an image', launched('{ image: "-v" }'), 'launch/image must match'],
    ['an image in upper case', launched('{ image: Own }'), 'launch/image must match'],
    ['no port', launched('{ image: own, port: 0 }'), 'launch/port is not valid'],
    ['a port too high', launched('{ image: own, port: 65536 }'), 'launch/port is not valid'],
    ['a path that is none', launched('{ image: own, path: mcp }'), 'launch/path must match'],
    ['a path with a query', launched('{ image: own, path: /mcp?a=b }'), 'launch/path must match'],
    ['no memory', launched('{ image: own, memory_mb: 0 }'), 'launch/memory_mb is not valid'],
    ['all processors', launched('{ image: own, cpu_millis: 1000000 }'), 'cpu_millis is not valid'],
    ['what nobody knows', launched('{ image: own, privileged: true }'), 'privileged is not known'],
    ['a working directory', launched('{ image: own, cwd: / }'), '/launch/cwd is refused'],
    [
      'a variable that loads code',
      launched('{ image: own, environment: { NODE_OPTIONS: --require=/tmp/x } }'),
      '5:42 /entries/0/launch/environment/NODE_OPTIONS is a variable that may not be set',
    ],
    [
      'a variable that loads libraries',
      launched('{ image: own, environment: { LD_PRELOAD: /tmp/x.so } }'),
      'environment/LD_PRELOAD is a variable that may not be set',
    ],
    [
      'a variable that is none',
      launched('{ image: own, environment: { "A=B": c } }'),
      'environment/A=B is a variable that may not be set',
    ],
    [
      'a port twice',
      launched('{ image: own, environment: { PORT: "1" } }'),
      'environment/PORT is set by whoever starts the server',
    ],
    ['nothing to launch', own('    instances: 2'), '/entries/0/launch is required where run_on'],
    ['neither command nor image', launched('{}'), '/entries/0/launch must have a command or'],
    [
      'a process without a command',
      launched('{ image: own }', '[process]'),
      '/entries/0/launch/command is required where run_on names process',
    ],
    [
      'a pod without an image',
      launched('{ command: [own] }', '[kubernetes]'),
      '/entries/0/launch/image is required where run_on names kubernetes',
    ],
    ['a place twice', launched('{ image: own }', '[agent, agent]'), '/run_on is not valid'],
    ['no place', launched('{ image: own }', '[]'), '/run_on is not valid'],
    ['another place', launched('{ image: own }', '[localhost]'), '/run_on/0 must be one of'],
    [
      'a static server without an address',
      launched('{ image: own }', '[agent, static]'),
      '/entries/0/service is required where url does not say all',
    ],
    [
      'copies of what somebody else runs',
      own('    url: http://own:1/mcp\n    instances: 2', '[static]'),
      '6:5 /entries/0/instances is for servers that run_on deploys',
    ],
    [
      'too many copies',
      own('    launch: { image: own }\n    instances: 11'),
      'instances is not valid',
    ],
    [
      'a deployment for each user',
      own('    launch: { image: own }\n    offered_to: user'),
      '/entries/0/run_on is static for entries offered to users',
    ],
    ['a setting that gets nowhere', setting('secret: true'), '/settings/0/env or file is required'],
    [
      'a setting that a static server would not get',
      setting('env: A').replace('[agent]', '[agent, static]'),
      '/settings/0/header is required where the server is static',
    ],
    ['a setting that loads code', setting('env: PYTHONSTARTUP'), 'settings/0/env is a variable'],
    ['a setting that moves a home', setting('env: HOME'), 'settings/0/env is a variable'],
    ['a setting that is set', setting('env: MODE'), 'settings/0/env is a variable that is set'],
    [
      'two settings in one variable',
      `${setting('env: A').replace('    run_on: [agent]\n', '')}      - { name: b, title: B, type: string, file: { name: b, env: A } }\n    run_on: [agent]\n`,
      '8:61 /entries/0/settings/1/file/env is a variable that is set already',
    ],
    [
      'two settings in one file',
      `${setting('file: { name: a, env: A }').replace('    run_on: [agent]\n', '')}      - { name: b, title: B, type: string, file: { name: A, env: B } }\n    run_on: [agent]\n`,
      '/entries/0/settings/1/file/name is the file of another setting',
    ],
    ['a file elsewhere', setting('file: { name: ../x, env: A }'), 'file/name must be a file name'],
    ['a file above', setting('file: { name: .., env: A }'), 'file/name must be a file name'],
    ['a file at a root', setting('file: { name: /etc/x, env: A }'), 'file/name must be a file'],
    ['both ways', setting('env: A, file: { name: a, env: B }'), 'file has no place beside env'],
  ])('is refused for %s, with its place', (_what, text, problem) => {
    expect(refusal(text)).toContain(problem);
  });

  it('takes texts of several lines where they become files alone', () => {
    const file = { carrier: { kind: 'file', name: 'a', variable: 'A' } as const };
    const rest = { type: 'string', isRequired: false, isSecret: true } as const;
    const none = { default: undefined, allowed: undefined, header: undefined };
    const problem = (value: string, more = {}) =>
      valueProblem({ ...none, ...rest, ...file, ...more }, value);
    expect(problem('{\n\t"key": "ä"\r\n}\n')).toBeUndefined();
    expect(problem('x'.repeat(20_000))).toBeUndefined();
    expect(problem('x'.repeat(20_001))).toContain('must be 1 to 20000 characters');
    expect(problem('')).toContain('must be 1 to 20000 characters');
    expect(problem('a\0b')).toContain('no control characters');
    expect(problem('a\nb', { header: { name: 'X', template: '{value}' } })).toContain('ASCII');
    expect(problem('a\nb', { carrier: { kind: 'variable', variable: 'A' } })).toContain('ASCII');
  });
});
