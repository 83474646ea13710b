import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/**
 * How a server answers: with JSON or with an event stream in the legacy era, or with JSON in the modern one.
 */
export type UpstreamKind = 'json' | 'events' | 'modern';

/** The kinds of the servers: mostly the plain one, and one of each other. */
const KINDS = (count: number): UpstreamKind[] =>
  Array.from({ length: count }, (_, n) => (n === 1 ? 'events' : n === 2 ? 'modern' : 'json'));

/** A server a connector is made for. */
export interface Upstream {
  url: string;
  kind: UpstreamKind;
}

/** The MCP servers of the benchmark, all in one process that is not ours. */
export class UpstreamServers {
  readonly #child: ChildProcess;
  readonly all: readonly Upstream[];

  private constructor(child: ChildProcess, all: readonly Upstream[]) {
    this.#child = child;
    this.all = all;
  }

  /** Starts `servers` servers with `tools` tools each. @throws Error where the process ends at once */
  static async start({ servers, tools }: { servers: number; tools: number }) {
    const child = fork(path.join(import.meta.dirname, 'upstream-process.ts'), [String(tools)], {
      execArgv: ['--import', 'tsx'],
    });
    const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
    const all = KINDS(servers).map((kind, n) => ({ url: `${origin}/${n}/${kind}`, kind }));
    return new UpstreamServers(child, all);
  }

  /** The first server of a kind. @throws Error where there is none */
  of(kind: UpstreamKind): Upstream {
    const found = this.all.find((upstream) => upstream.kind === kind);
    if (found === undefined) throw new Error(`there is no server of the kind ${kind}`);
    return found;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
