import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { ConfigError, loadConfig } from './config.ts';
import { type Container, createContainer } from './container.ts';
import { LegacyServers } from './database/index.ts';
import { canParseUrl } from './lib/can-parse-url.ts';
import {
  MAX_PAGES,
  type RegistryQuery,
  type RewriteReport,
  type SeedReport,
  showConfig,
} from './modules/catalog/index.ts';
import { OutboundError } from './outbound/outbound-error.ts';
import { settingChecks } from './setting-checks.ts';

const USAGE = `Usage:
  catalog seed --project <id> [--tenant <id>] <key> …     enables entries for a project that does not have them
  catalog rewrite [--table mcp_servers] [--key-column server_key] [--config-column config_json]
                                                          has rows of an older installation lead to the catalog's servers
  catalog import --registry <url> [--search <text>] [--pages 1]
                                                          writes entries of a registry, for the file of CATALOG_FILE
  --dry-run            says what would be done, and does nothing
  --undo               takes back what earlier runs did, where nobody has changed it since
  --journal <file>     where runs note what they did (catalog-journal.json)`;

const Journal = Type.Object({
  rewritten: Type.Array(
    Type.Object({ key: Type.String(), before: Type.String(), after: Type.String() }),
  ),
  seeded: Type.Array(
    Type.Object({
      tenantId: Type.String(),
      projectId: Type.String(),
      key: Type.String(),
      connectorId: Type.String(),
      version: Type.Integer(),
    }),
  ),
});
type Journal = Static<typeof Journal>;

/** What the command is given by its process. */
export interface CatalogCommandOptions {
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Told each line of the report. */
  write: (line: string) => void;
}

/**
 * Seeds projects and rewrites rows of older installations, and takes either back.
 * @returns the exit code: 0 when all was done or needs nothing, 1 where servers did not answer or rows had changed, 2 for wrong arguments or
 * settings
 */
export async function runCatalogCommand({
  args,
  env,
  write,
}: CatalogCommandOptions): Promise<number> {
  const wish = readArguments(args);
  if (wish === undefined) {
    write(USAGE);
    return 2;
  }
  try {
    const config = loadConfig(env, settingChecks);
    if (config.databaseUrl !== undefined)
      return await run(config.databaseUrl, { config, wish, write });
    write('DATABASE_URL is not set: the embedded database belongs to the service.');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    write(error.message);
  }
  return 2;
}

type Wish = NonNullable<ReturnType<typeof readArguments>>;

interface Run {
  config: Parameters<typeof createContainer>[0]['config'];
  wish: Wish;
  write: (line: string) => void;
}

async function run(databaseUrl: string, { config, wish, write }: Run): Promise<number> {
  const logger = pino({ level: 'silent' });
  const container = createContainer({ config, logger, databaseUrl, hasSchedule: false });
  try {
    if (wish.what === 'import') return await importEntries(container, wish, write);
    await container.unlock();
    const { checks } = await container.readiness.report();
    // Jobs are not needed here, and the feed of changes is not listened to.
    const fault = checks.find(({ name, ok }) => !ok && name === 'database');
    if (fault === undefined) return await work(databaseUrl, container, { wish, write });
    write(fault.reason ?? 'The database cannot be used.');
    return 1;
  } finally {
    await container.close();
  }
}

async function work(
  databaseUrl: string,
  container: Container,
  { wish, write }: Pick<Run, 'wish' | 'write'>,
): Promise<number> {
  if (wish.what === 'seed') return await seed(container, wish, write);
  const table = new LegacyServers(databaseUrl, wish.table);
  try {
    return await rewrite(container, { table, wish, write });
  } finally {
    await table.close();
  }
}

async function seed(
  { catalogUpkeepService: upkeep }: Container,
  wish: Wish,
  write: (line: string) => void,
): Promise<number> {
  const { isDry, isUndo, journal: file, tenantId, projectId, keys } = wish;
  const journal = readJournal(file);
  const reports = isUndo
    ? await upkeep.unseed(journal.seeded, { isDry })
    : await upkeep.seed({ tenantId, projectId }, keys, { isDry });
  for (const { key, outcome } of reports) write(`${key}: ${isDry ? wouldBe(outcome) : outcome}`);
  if (!isDry && isUndo) {
    const left = reports
      .filter(({ outcome }) => outcome === 'changed')
      .map(seedingOf)
      .reverse();
    writeJournal(file, { ...journal, seeded: left.flat() });
  } else if (!isDry && reports.some(({ seeding }) => seeding !== undefined)) {
    writeJournal(file, { ...journal, seeded: [...journal.seeded, ...reports.flatMap(seedingOf)] });
  }
  return exitCodeOf(reports);
}

async function rewrite(
  { catalogUpkeepService: upkeep }: Container,
  { table, wish, write }: { table: LegacyServers; wish: Wish; write: (line: string) => void },
): Promise<number> {
  const { isDry, isUndo, journal: file } = wish;
  const journal = readJournal(file);
  const onRewrite = (rewriting: Journal['rewritten'][number]) => {
    journal.rewritten.push(rewriting);
    writeJournal(file, journal);
  };
  const reports = isUndo
    ? await upkeep.restore(table, journal.rewritten, { isDry })
    : await upkeep.rewrite(table, { isDry, onRewrite });
  for (const { key, outcome, rewriting } of reports) {
    write(`${key}: ${isDry ? wouldBe(outcome) : outcome}`);
    if (rewriting === undefined) continue;
    const { before, after } = rewriting;
    write(`- ${showConfig(isUndo ? after : before)}`);
    write(`+ ${showConfig(isUndo ? before : after)}`);
  }
  // A row that somebody changed has no way back any more.
  if (isUndo && !isDry) writeJournal(file, { ...journal, rewritten: [] });
  return exitCodeOf(reports);
}

/** Writes a file for the operator to look at: what strangers registered is never taken over by itself. */
async function importEntries(
  { registryService }: Container,
  { registry }: Wish,
  write: (line: string) => void,
): Promise<number> {
  try {
    const findings = await registryService.find(registry);
    for (const { name, outcome } of findings) {
      if (outcome === 'needs-runtime') write(`# ${name}: is a package, which somebody has to run`);
      if (outcome === 'deleted') write(`# ${name}: was deleted by its publisher`);
      if (outcome === 'unusable') write(`# ${name}: has no address that an entry can say`);
    }
    const entries = findings.flatMap((one) => (one.outcome === 'usable' ? [one.entry] : []));
    write(stringify({ entries }, { lineWidth: 0 }).trimEnd());
    return 0;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    write(`The registry cannot be read (${error.code}): ${error.message}`);
    return 1;
  }
}

function exitCodeOf(reports: readonly Pick<SeedReport | RewriteReport, 'outcome'>[]): number {
  return reports.some(({ outcome }) => outcome === 'unreachable' || outcome === 'changed') ? 1 : 0;
}

const CHANGES = new Set(['rewritten', 'restored', 'seeded', 'removed']);

function wouldBe(outcome: string): string {
  return CHANGES.has(outcome) ? `would be ${outcome}` : outcome;
}

function seedingOf({ seeding }: SeedReport) {
  return seeding === undefined ? [] : [seeding];
}

/** @throws Error for a file that is no journal: to begin anew would lose the way back */
function readJournal(file: string): Journal {
  if (!existsSync(file)) return { rewritten: [], seeded: [] };
  return Value.Decode(Journal, JSON.parse(readFileSync(file, 'utf8')));
}

/** At once or not at all; for its owner only, since old configurations may hold secrets. */
function writeJournal(file: string, journal: Journal): void {
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(journal, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}

function readArguments(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        project: { type: 'string', default: '' },
        tenant: { type: 'string', default: 'default' },
        registry: { type: 'string', default: '' },
        search: { type: 'string', default: '' },
        pages: { type: 'string', default: '1' },
        table: { type: 'string', default: 'mcp_servers' },
        'key-column': { type: 'string', default: 'server_key' },
        'config-column': { type: 'string', default: 'config_json' },
        journal: { type: 'string', default: 'catalog-journal.json' },
        'dry-run': { type: 'boolean', default: false },
        undo: { type: 'boolean', default: false },
      },
    });
    const [what, ...keys] = positionals;
    if (what !== 'seed' && what !== 'rewrite' && what !== 'import') return undefined;
    const registry = {
      baseUrl: values.registry,
      search: values.search,
      pages: Number(values.pages),
    };
    if (what === 'import' && !isQuery(registry)) return undefined;
    const { project: projectId, tenant: tenantId, undo: isUndo } = values;
    const isComplete = isUndo || what !== 'seed' || (projectId !== '' && keys.length > 0);
    if (!isComplete || (what !== 'seed' && keys.length > 0)) return undefined;
    const [keyColumn, configColumn] = [values['key-column'], values['config-column']];
    const table = { table: values.table, keyColumn, configColumn };
    const { journal, 'dry-run': isDry } = values;
    return { what, keys, projectId, tenantId, isUndo, isDry, journal, table, registry } as const;
  } catch {
    return undefined;
  }
}

function isQuery({ baseUrl, pages }: RegistryQuery): boolean {
  const isCount = Number.isInteger(pages) && pages >= 1 && pages <= MAX_PAGES;
  return isCount && /^https?:\/\//.test(baseUrl) && canParseUrl(baseUrl);
}
