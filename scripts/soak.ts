// `npm run soak -- [--calls 100000] [--connectors 200] [--servers 20] [--concurrency 16] [--restart-every 500]`
// Calls tools for a long time while the MCP servers restart underneath, callers hang up and answers are streamed. Prints memory, sockets and
// sessions of the service as it goes; ends with 1 where something grew, a call ran twice, or too many calls failed.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ServiceProcess } from './service-process.ts';
import { SoakLoad } from './soak/soak-load.ts';
import { findGrowth, headLine, type Sample, sampleLine } from './soak/soak-report.ts';
import { SoakServer } from './soak/soak-server.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    connectors: { type: 'string', default: '200' },
    servers: { type: 'string', default: '20' },
    concurrency: { type: 'string', default: '16' },
    'restart-every': { type: 'string', default: '500' },
  },
});
const calls = Number(values.calls);
const connectors = Number(values.connectors);
const restartEvery = Number(values['restart-every']);

const SAMPLES = 40;
/** Milliseconds a server is away. */
const AWAY_MS = 100;
/** The share of calls that may fail because a server restarts under them. */
const MAX_FAILED = 0.05;

const POLL_MS = 500;
/** Milliseconds after the last call until which all connections must be closed. */
const QUIET_WITHIN_MS = 60_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

const service = new ServiceProcess();
const servers = Array.from({ length: Number(values.servers) }, () => new SoakServer());
const samples: Sample[] = [];
let started = 0;
let restarts = 0;

/** Every other time a server only forgets its sessions; else it is away for a moment, and calls in flight break. */
async function restartOne(): Promise<void> {
  const server = servers[restarts % servers.length];
  restarts += 1;
  if (restarts % 2 === 0) return server?.forget();
  await server?.stop();
  await sleep(AWAY_MS);
  await server?.start();
}

async function work(load: SoakLoad, startedAt: number): Promise<void> {
  const restarting = new Set<Promise<void>>();
  const worker = async () => {
    while (started < calls) {
      started += 1;
      const number = started;
      if (number % restartEvery === 0) {
        const one: Promise<void> = restartOne().finally(() => restarting.delete(one));
        restarting.add(one);
      }
      await load.call();
      if (number % Math.ceil(calls / SAMPLES) === 0) await takeSample(load, number, startedAt);
    }
  };
  await Promise.all(Array.from({ length: Number(values.concurrency) }, worker));
  await Promise.all(restarting);
}

async function takeSample(load: SoakLoad, number: number, startedAt: number): Promise<void> {
  const sample: Sample = {
    ...(await service.figures()),
    calls: number,
    seconds: (performance.now() - startedAt) / 1000,
    upstreamSessions: sum(servers.map(({ openSessions }) => openSessions)),
    upstreamSockets: sum(servers.map(({ openSockets }) => openSockets)),
    ...load.takeLatencies(),
  };
  samples.push(sample);
  say(sampleLine(sample));
}

/**
 * What is left once the service has nothing to do. After restarts it still looks at the tools of servers, of each at most every half minute, so
 * the last looks come half a minute after the last call; idle connections are closed some seconds later.
 */
async function findRemains(): Promise<string[]> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const { sessions } = await service.figures();
    const sockets = sum(servers.map(({ openSockets }) => openSockets));
    const remains = [
      ...(sessions > connectors
        ? [`${sessions} sessions of ${connectors} connectors are left.`]
        : []),
      ...(sockets > 0 ? [`${sockets} connections are left though nobody calls.`] : []),
    ];
    if (remains.length === 0 || waitedMs >= QUIET_WITHIN_MS) return remains;
    await sleep(POLL_MS);
  }
}

async function judge(load: SoakLoad): Promise<string[]> {
  const problems = [...findGrowth(samples, connectors), ...(await findRemains())];
  const repeated = sum(servers.map((server) => server.repeated));
  if (repeated > 0) problems.push(`${repeated} calls ran twice.`);
  const good = (load.outcomes.get('ok') ?? 0) + (load.outcomes.get('hung up') ?? 0);
  if (calls - good > calls * MAX_FAILED) problems.push(`${calls - good} calls failed.`);
  return problems;
}

/** @returns the exit code */
async function main(): Promise<number> {
  for (const server of servers) await server.start();
  await service.start();
  const load = new SoakLoad(service);
  say(`Registering ${connectors} connectors on ${servers.length} servers …`);
  await load.register(connectors, servers);
  say(headLine());
  const startedAt = performance.now();
  await work(load, startedAt);
  const seconds = (performance.now() - startedAt) / 1000;
  say(
    `\n${calls} calls in ${seconds.toFixed(0)} s (${(calls / seconds).toFixed(0)} a second), ${restarts} restarts`,
  );
  for (const [outcome, count] of [...load.outcomes].sort(([, a], [, b]) => b - a)) {
    say(`${String(count).padStart(8)}  ${outcome}`);
  }
  const problems = await judge(load);
  await service.stop();
  const left = sum(servers.map(({ openSessions }) => openSessions));
  say(`Sessions left at the servers after the service stopped: ${left}`);
  for (const problem of problems) say(`FAILED: ${problem}`);
  if (problems.length === 0) say('Nothing grew, and no call ran twice.');
  return problems.length === 0 ? 0 : 1;
}

const code = await main()
  .catch((error: unknown) => {
    say(`The soak failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  })
  .finally(async () => {
    await service.stop();
    for (const server of servers) await server.stop();
  });
process.exit(code);
