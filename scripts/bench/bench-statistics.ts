/** What one run of one scenario showed. */
export interface RunFigures {
  operations: number;
  seconds: number;
  /** CPU milliseconds, user and system, of the process that is measured. */
  cpuMs: number;
  /** Milliseconds each operation took, in any order. */
  durations: readonly number[];
}

/** The figures of a scenario. Times in milliseconds. */
export interface Summary {
  cpuPerOperation: number;
  p50: number;
  p99: number;
  /** Operations a second. */
  throughput: number;
  operations: number;
}

/**
 * The smallest value that at least `share` (0 to 1) of the values do not exceed (nearest rank).
 * @throws RangeError for no values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError('there are no values');
  return found;
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const upper = values.length % 2 === 0 ? percentile(values.map(negated), 0.5) : undefined;
  const lower = percentile(values, 0.5);
  return upper === undefined ? lower : (lower - upper) / 2;
}

function negated(value: number): number {
  return -value;
}

/**
 * The median over the rounds of a scenario: one round in which the machine was busy with something else does not count.
 * @throws RangeError for no rounds, and a round without an operation
 */
export function summarize(rounds: readonly RunFigures[]): Summary {
  const over = (figure: (run: RunFigures) => number) => median(rounds.map(figure));
  return {
    cpuPerOperation: over(({ cpuMs, operations }) => cpuMs / operations),
    p50: over(({ durations }) => percentile(durations, 0.5)),
    p99: over(({ durations }) => percentile(durations, 0.99)),
    throughput: over(({ operations, seconds }) => operations / seconds),
    operations: rounds.reduce((sum, { operations }) => sum + operations, 0),
  };
}

/**
 * The median of the ratios of CPU per operation, round by round: two figures of one round are from the same moments.
 * @throws RangeError where there is no round of both
 */
export function pairedRatio(ours: readonly RunFigures[], theirs: readonly RunFigures[]): number {
  const cpu = ({ cpuMs, operations }: RunFigures) => cpuMs / operations;
  const ratios = ours.flatMap((run, round) => {
    const other = theirs[round];
    return other === undefined ? [] : [cpu(run) / cpu(other)];
  });
  return median(ratios);
}
