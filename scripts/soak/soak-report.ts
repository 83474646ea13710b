import type { Figures } from '../service-process.ts';

/** What was seen at one moment. */
export interface Sample extends Figures {
  calls: number;
  seconds: number;
  /** Sessions and connections as the MCP servers count them. */
  upstreamSessions: number;
  upstreamSockets: number;
  p50: number;
  p99: number;
}

/** How much more the last quarter may hold than the second one; the first one warms up. */
const GROWTH = { heap: 1.15, heapMb: 10, rss: 1.2, rssMb: 30, descriptors: 30 } as const;

const COLUMNS: readonly [string, (sample: Sample) => string][] = [
  ['calls', ({ calls }) => String(calls)],
  ['s', ({ seconds }) => seconds.toFixed(0)],
  ['heap MB', ({ heapMb }) => heapMb.toFixed(1)],
  ['rss MB', ({ rssMb }) => rssMb.toFixed(0)],
  ['fds', ({ descriptors }) => String(descriptors)],
  ['sessions', ({ sessions }) => String(sessions)],
  ['upstream sessions', ({ upstreamSessions }) => String(upstreamSessions)],
  ['upstream sockets', ({ upstreamSockets }) => String(upstreamSockets)],
  ['p50 ms', ({ p50 }) => p50.toFixed(1)],
  ['p99 ms', ({ p99 }) => p99.toFixed(1)],
];

/** The head of the table of samples. */
export function headLine(): string {
  return COLUMNS.map(([name]) => name.padStart(width(name))).join('  ');
}

/** A sample as a line of the table. */
export function sampleLine(sample: Sample): string {
  return COLUMNS.map(([name, text]) => text(sample).padStart(width(name))).join('  ');
}

function width(name: string): number {
  return Math.max(name.length, 7);
}

/** What grew between the second and the last quarter of the samples; nothing where all is well. */
export function findGrowth(samples: readonly Sample[], connectors: number): string[] {
  const quarter = Math.floor(samples.length / 4);
  if (quarter < 2) return ['There are too few samples to tell: make more calls.'];
  const early = samples.slice(quarter, 2 * quarter);
  const late = samples.slice(-quarter);
  // What is left after a collection of garbage is the least of some samples.
  const least = (of: readonly Sample[], figure: (sample: Sample) => number) =>
    Math.min(...of.map(figure));
  const most = (of: readonly Sample[], figure: (sample: Sample) => number) =>
    Math.max(...of.map(figure));
  const found: string[] = [];
  const compare = (what: string, before: number, after: number, allowed: number) => {
    if (after > allowed)
      found.push(`${what} grew from ${before.toFixed(1)} to ${after.toFixed(1)}.`);
  };
  const heap = least(early, ({ heapMb }) => heapMb);
  compare(
    'The heap (MB)',
    heap,
    least(late, ({ heapMb }) => heapMb),
    heap * GROWTH.heap + GROWTH.heapMb,
  );
  const rss = least(early, ({ rssMb }) => rssMb);
  compare(
    'Resident memory (MB)',
    rss,
    least(late, ({ rssMb }) => rssMb),
    rss * GROWTH.rss + GROWTH.rssMb,
  );
  // Connections to the servers are kept for some seconds after a call: how many there are follows from the rate of the calls.
  const own = ({ descriptors, upstreamSockets }: Sample) => descriptors - upstreamSockets;
  compare(
    'Open files and sockets of its own',
    most(early, own),
    most(late, own),
    most(early, own) + GROWTH.descriptors,
  );
  const sessions = most(samples, (sample) => sample.sessions);
  // One for each connector, and while a server restarts one that still says goodbye.
  if (sessions > 2 * connectors)
    found.push(`There were ${sessions} sessions of ${connectors} connectors.`);
  return found;
}
