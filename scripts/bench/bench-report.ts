import { pairedRatio, type RunFigures, type Summary, summarize } from './bench-statistics.ts';
import type { Scenario } from './scenarios.ts';

/** A scenario with so many callers, and what its rounds showed. */
export interface Measurement {
  scenario: Scenario;
  callers: number;
  rounds: RunFigures[];
}

/** Resident memory of the service, in MiB: the least in the first half of the rounds, and in the second. */
export interface Memory {
  early: number;
  late: number;
}

/**
 * What the service holds, from samples in order. It goes up and down by half of itself as garbage comes and is collected, so single
 * samples say nothing; what nobody can collect shows in the least of many.
 */
export function memoryOf(samples: readonly number[]): Memory {
  const half = Math.ceil(samples.length / 2);
  const least = (of: readonly number[]) => Math.min(...of);
  return { early: least(samples.slice(0, half)), late: least(samples.slice(-half)) };
}

/** A goal, and whether it was met. */
export interface Verdict {
  goal: string;
  found: string;
  isMet: boolean;
}

/** What the second half may hold more than the first, for what a collector of garbage leaves lying about. */
const MEMORY_SPREAD_MB = 40;
/** All garbage is collected every 60,000 operations or so: a shorter run sees memory grow, whether it leaks or not. */
const OPERATIONS_FOR_MEMORY = 300_000;
const CALLERS_IN_GOALS = 1;

/** The row of one measurement, for `--json` and for the table. */
export function rowOf({ scenario, callers, rounds }: Measurement): Summary & {
  scenario: string;
  payer: string;
  callers: number;
} {
  return { scenario: scenario.name, payer: scenario.payer, callers, ...summarize(rounds) };
}

const COLUMNS: readonly [string, number][] = [
  ['scenario', 54],
  ['callers', 7],
  ['CPU ms/op', 9],
  ['p50 ms', 8],
  ['p99 ms', 8],
  ['op/s', 7],
];

/** The head of the table. */
export function headLine(): string {
  return COLUMNS.map(([name, width]) => align(name, width)).join('  ');
}

/** A measurement as a line of the table. */
export function tableLine(measurement: Measurement): string {
  const row = rowOf(measurement);
  const cells = [
    row.scenario,
    String(row.callers),
    row.cpuPerOperation.toFixed(3),
    row.p50.toFixed(2),
    row.p99.toFixed(2),
    row.throughput.toFixed(0),
  ];
  return cells.map((cell, n) => align(cell, COLUMNS[n]?.[1] ?? 0)).join('  ');
}

function align(text: string, width: number): string {
  return /^[\d.]+$/.test(text) ? text.padStart(width) : text.padEnd(width);
}

/** What one scenario costs in CPU of that of another one. */
const RATIOS: readonly [string, string][] = [
  ['call', 'direct call with the SDK'],
  ['call', 'direct call with undici'],
  ['call, server answers with events', 'direct call with the SDK, server answers with events'],
  ['/mcp tools/call, legacy', 'direct call with the SDK'],
  ['call', 'mcp-hub call over REST'],
  ['/mcp tools/call, legacy', 'mcp-hub call over MCP'],
  ['/mcp tools/list, legacy', 'mcp-hub list over MCP'],
];

/** Ratios of CPU per operation, each of figures from the same rounds; those whose scenarios did not run are left out. */
export function ratioLines(measurements: readonly Measurement[]): string[] {
  const callers = [...new Set(measurements.map((one) => one.callers))];
  return RATIOS.flatMap(([ours, theirs]) =>
    callers.flatMap((count) => {
      const ratio = ratioOf(measurements, ours, theirs, count);
      if (ratio === undefined) return [];
      return [`${ratio.toFixed(2).padStart(7)} ×  ${ours} / ${theirs}, ${count} callers`];
    }),
  );
}

function ratioOf(
  measurements: readonly Measurement[],
  ours: string,
  theirs: string,
  callers: number,
): number | undefined {
  const one = find(measurements, ours, callers);
  const other = find(measurements, theirs, callers);
  return one && other && pairedRatio(one.rounds, other.rounds);
}

function find(measurements: readonly Measurement[], name: string, callers: number) {
  return measurements.find((one) => one.scenario.name === name && one.callers === callers);
}

/** The goals that what was measured says something about. */
export function verdicts(measurements: readonly Measurement[], memory: Memory): Verdict[] {
  const cpu = (goal: string, isMeant: (name: string) => boolean, most: number): Verdict[] => {
    const rows = measurements
      .filter(({ scenario, callers }) => callers === CALLERS_IN_GOALS && isMeant(scenario.name))
      .map(rowOf);
    if (rows.length === 0) return [];
    const worst = Math.max(...rows.map(({ cpuPerOperation }) => cpuPerOperation));
    return [{ goal, found: `${worst.toFixed(3)} ms`, isMet: worst <= most }];
  };
  const ratio = ratioOf(measurements, 'call', 'direct call with the SDK', CALLERS_IN_GOALS);
  const isList = (name: string) => name.startsWith('list ');
  const lists = measurements.filter(
    ({ scenario, callers }) => isList(scenario.name) && callers > 1,
  );
  const slowest = Math.min(...lists.map((one) => 1000 / rowOf(one).cpuPerOperation));
  const growth = memory.late - memory.early;
  const operations = measurements
    .filter(({ scenario }) => scenario.payer === 'service')
    .flatMap(({ rounds }) => rounds.map((round) => round.operations))
    .reduce((sum, one) => sum + one, 0);
  return [
    ...cpu('a warm list takes at most 0.3 ms of CPU', isList, 0.3),
    ...cpu('a warm call takes at most 1.5 ms of CPU', (name) => name === 'call', 1.5),
    ...(ratio === undefined
      ? []
      : [
          {
            goal: 'a warm call takes at most twice the CPU of a direct one with the SDK',
            found: `${ratio.toFixed(2)} ×`,
            isMet: ratio <= 2,
          },
        ]),
    ...(lists.length === 0
      ? []
      : [
          {
            goal: 'one core does 3,000 lists a second',
            found: `${slowest.toFixed(0)} a second`,
            isMet: slowest >= 3000,
          },
        ]),
    ...cpu(
      '/mcp tools/list takes at most 1 ms of CPU',
      (name) => name.startsWith('/mcp tools/list'),
      1,
    ),
    ...(operations < OPERATIONS_FOR_MEMORY
      ? []
      : [
          {
            goal: 'memory stays flat',
            found: `at least ${memory.early.toFixed(0)} MiB in the first half, ${memory.late.toFixed(0)} MiB in the second`,
            isMet: growth <= MEMORY_SPREAD_MB,
          },
        ]),
  ];
}
