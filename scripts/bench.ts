// `npm run bench -- [--quick] [--json] [--with-mcp-hub] [--only <text>] [--rounds 5] [--seconds 2] [--no-build]`
// What lists and calls cost: CPU of the service alone, latency and throughput, at 1 and 16 callers, beside the same work done directly and by a
// published gateway. Service, servers and callers are processes of their own. Prints goals as met or not; ends with 0 in both cases.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  headLine,
  type Measurement,
  type Memory,
  memoryOf,
  ratioLines,
  rowOf,
  tableLine,
  verdicts,
} from './bench/bench-report.ts';
import { LoadGenerator } from './bench/load-generator.ts';
import { McpHub } from './bench/mcp-hub.ts';
import { cpuMillisecondsOf, residentMebibytesOf } from './bench/process-cpu.ts';
import { createScenarios, type Payer, TOOL } from './bench/scenarios.ts';
import { type UpstreamKind, UpstreamServers } from './bench/upstream-servers.ts';
import { createDevelopmentToken } from './development-token.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'with-mcp-hub': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
    /** Further options of Node for the service, such as --cpu-prof. */
    node: { type: 'string', multiple: true, default: [] },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const milliseconds = Number(values.seconds ?? (values.quick ? 0.7 : 2)) * 1000;

const CONNECTORS = 10;
const TOOLS_EACH = 50;
const CALLERS = [1, 16] as const;
/** The share of its time that a scenario runs unmeasured before it is measured. */
const LEAD_IN = 0.25;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** What was built is measured: it is what production runs. */
function build(): void {
  if (values['no-build']) return;
  say('Building …');
  const cwd = path.resolve(import.meta.dirname, '..');
  execFileSync('npm', ['run', 'build'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

build();
const service = new ServiceProcess({ nodeArguments: [...values.node, 'dist/server.js'] });
const upstreams = await UpstreamServers.start({ servers: CONNECTORS, tools: TOOLS_EACH });
// The client that asks directly pays with its own CPU, so it does nothing else.
const generators = { load: new LoadGenerator(), direct: new LoadGenerator() };
const hub = values['with-mcp-hub'] ? new McpHub() : undefined;

/** Makes a connector for each server. @returns a tool's name on a server of each kind */
async function register(token: string): Promise<Record<UpstreamKind, string>> {
  const names: Record<UpstreamKind, string> = { json: '', events: '', modern: '' };
  for (const [n, { url, kind }] of upstreams.all.entries()) {
    const answer = await fetch(`${service.url}/api/connectors`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Server ${n}`, server_url: url }),
    });
    if (answer.status !== 201) throw new Error(`no connector: ${await answer.text()}`);
    const { slug } = (await answer.json()) as { slug: string };
    names[kind] = `${slug}__${TOOL}`;
  }
  return names;
}

async function measure(
  { scenario, callers, rounds: runs }: Measurement,
  ms: number,
): Promise<void> {
  const { payer, operation } = scenario;
  const pid = pidOf(payer);
  const generator = payer === 'direct' ? generators.direct : generators.load;
  // V8 tidies up while a process has nothing to do, and drops code that it compiled; who was idle while others were measured is not warm.
  await generator.run({ operation, callers, milliseconds: ms * LEAD_IN });
  const before = pid === undefined ? 0 : await cpuMillisecondsOf(pid);
  const { durations, seconds, cpuMs } = await generator.run({
    operation,
    callers,
    milliseconds: ms,
  });
  const spent = pid === undefined ? cpuMs : (await cpuMillisecondsOf(pid)) - before;
  runs.push({ operations: durations.length, seconds, cpuMs: spent, durations });
}

/** The process whose CPU counts; undefined for the generator itself, which tells its own. */
function pidOf(payer: Payer): number | undefined {
  if (payer === 'service') return service.pid;
  return payer === 'mcp-hub' ? hub?.pid : undefined;
}

async function main(): Promise<void> {
  await service.start();
  await hub?.start(upstreams.all);
  const token = await createDevelopmentToken({ secret: service.secret, user: 'bench' });
  const tools = await register(token);
  const scenarios = await createScenarios({
    ...{ service: service.url, token, tools, upstreams },
    hub: hub?.url,
    toolCount: CONNECTORS * TOOLS_EACH,
  });
  const measurements: Measurement[] = scenarios
    .filter(({ name }) => name.includes(values.only))
    .flatMap((scenario) => CALLERS.map((callers) => ({ scenario, callers, rounds: [] })));
  say(`Warming up ${measurements.length} scenarios …`);
  for (const one of measurements) await measure({ ...one, rounds: [] }, milliseconds);
  const memory: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    say(`Round ${round} of ${rounds} …`);
    for (const one of measurements) {
      await measure(one, milliseconds);
      memory.push(await residentMebibytesOf(service.pid));
    }
  }
  print(measurements, memoryOf(memory));
}

function print(measurements: readonly Measurement[], memory: Memory): void {
  const goals = verdicts(measurements, memory);
  if (values.json) {
    const rows = measurements.map(rowOf);
    process.stdout.write(`${JSON.stringify({ rows, memory, goals }, null, 2)}\n`);
    return;
  }
  const lines = [
    headLine(),
    ...measurements.map(tableLine),
    '\nRatios of CPU per operation:',
    ...ratioLines(measurements),
    '\nGoals:',
    ...goals.map(({ goal, found, isMet }) => `${isMet ? '    met' : 'NOT MET'}  ${goal}: ${found}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const code = await main().then(
  () => 0,
  (error: unknown) => {
    say(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  },
);
for (const generator of Object.values(generators)) generator.stop();
await hub?.stop();
await service.stop();
upstreams.stop();
process.exitCode = code;
