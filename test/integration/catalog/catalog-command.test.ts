import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runCatalogCommand } from '../../../src/catalog-command.ts';
import { type ModernServer, startDualServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { CatalogClient, writeCatalogFile } from './support.ts';

// Rows of an older installation, which started its servers itself, and projects of a fresh one: seeded and rewritten in any order, any number
// of times, and taken back.

const SECRET = 'ghp_in-the-old-row';
const OLD_ROWS: Readonly<Record<string, unknown>> = {
  'llmctl-mcp': { command: 'python', args: ['-m', 'llmctl_mcp'], env: { TOKEN: SECRET } },
  github: {
    transport: 'stdio',
    command: 'npx',
    args: ['mcp-github', SECRET],
    headers: { 'X-Team': 'a' },
  },
  jira: { command: 'docker', args: ['run', 'mcp/atlassian'] },
  chroma: { url: 'http://chroma.elsewhere:9/mcp', transport: 'sse' },
  'google-workspace': { command: 'npx' },
  homemade: { command: '/usr/local/bin/homemade' },
};

let service: TestService;
let running: ModernServer;
let dead: ScriptedServer;
let file: ReturnType<typeof writeCatalogFile>;
let journal: string;

beforeAll(async () => {
  running = await startDualServer();
  dead = await ScriptedServer.start();
  await dead.stop();
  file = writeCatalogFile(`
overrides:
  github: { url: '${running.url}' }
  llmctl-mcp: { url: '${running.url}?of=llmctl' }
  chroma: { url: '${running.url}?of=chroma' }
  atlassian: { url: '${dead.url}' }
`);
  journal = path.join(path.dirname(file.file), 'journal.json');
  service = await startTestService({ env: { CATALOG_FILE: file.file } });
});

afterAll(async () => {
  await service.close();
  await running.close();
  file.remove();
});

beforeEach(async () => {
  rmSync(journal, { force: true });
  const { owner } = service.databaseTools;
  await owner.query(`DROP TABLE IF EXISTS mcp_servers`);
  await owner.query(
    `CREATE TABLE mcp_servers (id serial PRIMARY KEY, server_key text, config_json jsonb, note text DEFAULT 'as it was')`,
  );
  for (const [key, config] of Object.entries(OLD_ROWS)) {
    await owner.query('INSERT INTO mcp_servers (server_key, config_json) VALUES ($1, $2)', [
      key,
      JSON.stringify(config),
    ]);
  }
  await owner.query('DELETE FROM connectors');
});

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const { env } = service;
  const code = await runCatalogCommand({ args: [...args, '--journal', journal], env, write });
  expect(lines.join('\n')).not.toContain(SECRET);
  return { code, lines };
}
const seed = (...more: string[]) =>
  run('seed', '--project', 'atlas', 'github', 'chroma', 'atlassian', 'google-workspace', ...more);
const rewrite = (...more: string[]) => run('rewrite', ...more);

async function rows(): Promise<Record<string, unknown>> {
  const { rows: found } = await service.databaseTools.owner.query<{ key: string; config: unknown }>(
    'SELECT server_key AS key, config_json AS config FROM mcp_servers ORDER BY id',
  );
  return Object.fromEntries(found.map(({ key, config }) => [key, config]));
}
async function connectors(): Promise<unknown[]> {
  const { rows: found } = await service.databaseTools.owner.query(
    'SELECT id, entry_key, version, xmin::text FROM connectors ORDER BY entry_key',
  );
  return found;
}
const transport = 'streamable-http';
const rewritten = () => ({
  ...OLD_ROWS,
  'llmctl-mcp': { url: `${running.url}?of=llmctl`, transport },
  github: { url: running.url, transport, headers: { 'X-Team': 'a' } },
});

it('a dry run shows the difference without a secret, and changes nothing', async () => {
  const { code, lines } = await rewrite('--dry-run');
  expect(code).toBe(1);
  expect(lines).toEqual([
    'chroma: kept',
    'github: would be rewritten',
    expect.stringContaining('- {"args":["…","…"]'),
    `+ {"url":"${running.url}","transport":"${transport}","headers":{"X-Team":"…"}}`,
    'google-workspace: closed',
    'homemade: unknown',
    'jira: unreachable',
    'llmctl-mcp: would be rewritten',
    expect.stringContaining('"command":"python"'),
    `+ {"url":"${running.url}","transport":"${transport}"}`,
  ]);
  expect((await seed('--dry-run')).lines).toEqual([
    'github: would be seeded',
    'chroma: would be seeded',
    'atlassian: unreachable',
    'google-workspace: closed',
  ]);
  expect(await rows()).toEqual(OLD_ROWS);
  expect(await connectors()).toEqual([]);
});

it('twenty runs in mixed order leave what one of each leaves, and never override what is there', async () => {
  const client = await service.clientFor(undefined, { claims: { projects: { atlas: 'admin' } } });
  const catalog = new CatalogClient(client, 'atlas');
  (await catalog.enable('chroma')).ok();
  (await catalog.disable('chroma')).ok();
  await rewrite();
  await seed();
  const [rowsOnce, connectorsOnce] = [await rows(), await connectors()];
  expect(rowsOnce).toEqual(rewritten());
  expect(connectorsOnce).toMatchObject([{ entry_key: 'chroma' }, { entry_key: 'github' }]);
  for (let turn = 0; turn < 20; turn += 1) {
    // Neither in turn nor by chance: a failure comes again.
    const isSeed = ((turn * 7) % 20) % 3 !== 0;
    const isDry = turn % 5 === 4 ? ['--dry-run'] : [];
    await (isSeed ? seed(...isDry) : rewrite(...isDry));
  }
  expect(await rows()).toEqual(rowsOnce);
  expect(await connectors()).toEqual(connectorsOnce);
  expect((await catalog.get('chroma')).ok().status).toBe('DISABLED');
  expect((await catalog.get('github')).ok()).toMatchObject({ status: 'ENABLED', tool_count: 4 });

  // A server that comes up later gets its turn.
  await dead.listen();
  try {
    expect((await rewrite()).lines).toContain('jira: rewritten');
    expect((await seed()).lines).toContain('atlassian: seeded');
  } finally {
    await dead.stop();
  }
});

it('all of it can be taken back, but for what somebody has changed since', async () => {
  await rewrite();
  await seed();
  expect(statSync(journal).mode & 0o777).toBe(0o600);
  const { owner } = service.databaseTools;
  await owner.query(
    `UPDATE mcp_servers SET config_json = '{"url":"http://mine/"}' WHERE server_key = 'github'`,
  );
  const client = await service.clientFor(undefined, { claims: { projects: { atlas: 'admin' } } });
  const catalog = new CatalogClient(client, 'atlas');
  (await catalog.disable('github')).ok();

  expect((await rewrite('--undo', '--dry-run')).lines[0]).toBe('llmctl-mcp: would be restored');
  expect(await rows()).not.toEqual(OLD_ROWS);
  const undone = await rewrite('--undo');
  expect(undone.code).toBe(1);
  expect(undone.lines.filter((line) => !/^[-+]/.test(line))).toEqual([
    'llmctl-mcp: restored',
    'github: changed',
  ]);
  expect(await rows()).toEqual({ ...OLD_ROWS, github: { url: 'http://mine/' } });

  expect((await run('seed', '--undo')).lines).toEqual(['chroma: removed', 'github: changed']);
  expect((await catalog.get('chroma')).ok().status).toBe('NOT_ENABLED');
  expect((await catalog.get('github')).ok().status).toBe('DISABLED');
  expect((await rewrite('--undo')).lines).toEqual([]);
  expect(readFileSync(journal, 'utf8')).not.toContain(SECRET);
});

it.each([
  [[]],
  [['seed']],
  [['seed', '--project', 'atlas']],
  [['rewrite', 'github']],
  [['destroy']],
  [['rewrite', '--nonsense']],
])('%j is told how it is meant', async (args) => {
  const { code, lines } = await run(...args);
  expect(code).toBe(2);
  expect(lines[0]).toMatch(/^Usage:/);
});
