import { pathOf } from '../hosting/server-front.ts';
import type { ServerHost } from '../hosting/server-host.ts';
import type { ProcessHost, ProcessHosts } from './process-hosts.ts';
import {
  type InstanceSpec,
  type InstanceStatus,
  namesOf,
  type Placement,
  type Runtime,
  RuntimeFailure,
  type RuntimeProblem,
} from './runtime.ts';

/** What a {@link ProcessRuntime} needs. */
export interface ProcessRuntimeDeps {
  /** This replica; its `own` is undefined while others do not know of it. */
  replica: { readonly own: { id: string; origin: string; host: ServerHost } | undefined };
  hosts: ProcessHosts;
  /** The servers of another replica. */
  peer: (host: ProcessHost) => Runtime;
}

const GONE: InstanceStatus = {
  ...{ phase: 'gone', generation: undefined, url: undefined },
  ...{ step: undefined, problem: undefined, sessions: 0 },
};

/**
 * Managed servers as processes of the replicas of this service. Each is at one replica, its target, which others ask over its front. One that
 * is there no more has ended its servers, so they are gone, and may be started anew elsewhere.
 */
export class ProcessRuntime implements Runtime {
  readonly kind = 'process';
  readonly #deps: ProcessRuntimeDeps;

  constructor(deps: ProcessRuntimeDeps) {
    this.#deps = deps;
  }

  async targets(_signal: AbortSignal): Promise<readonly string[]> {
    const hosts = (await this.#deps.hosts.alive()).map((host) => this.#asItIs(host));
    return hosts
      .filter(({ hasRoom }) => hasRoom)
      .sort((a, b) => a.servers - b.servers)
      .map(({ id }) => id);
  }

  async obstacle(): Promise<RuntimeProblem> {
    const alive = await this.#deps.hosts.alive();
    return alive.length > 0
      ? { code: 'RUNTIME_REFUSED', target: namesOf(alive.map(({ id }) => id)) }
      : { code: 'RUNTIME_UNREACHABLE', target: this.kind };
  }

  async ensure(spec: InstanceSpec, target: string, signal: AbortSignal): Promise<void> {
    const { own } = this.#deps.replica;
    if (own?.id === target) return own.host.ensure(spec);
    const host = await this.#find(target);
    if (host === undefined) throw new RuntimeFailure({ code: 'RUNTIME_UNREACHABLE', target });
    await this.#deps.peer(host).ensure(spec, target, signal);
  }

  async status(placement: Placement, signal: AbortSignal): Promise<InstanceStatus> {
    const { own } = this.#deps.replica;
    if (own?.id === placement.target) {
      const status = own.host.status(placement.instanceId);
      const isUp = status.phase === 'running';
      const url = isUp ? `${own.origin}${pathOf(placement.instanceId)}` : undefined;
      return { ...status, url };
    }
    const host = await this.#find(placement.target);
    return host === undefined ? GONE : this.#deps.peer(host).status(placement, signal);
  }

  async stop(placement: Placement, signal: AbortSignal): Promise<void> {
    const { own } = this.#deps.replica;
    if (own?.id === placement.target) return own.host.stop(placement.instanceId);
    const host = await this.#find(placement.target);
    if (host !== undefined) await this.#deps.peer(host).stop(placement, signal);
  }

  async logs(
    placement: Placement,
    options: { lines: number },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { own } = this.#deps.replica;
    if (own?.id === placement.target) return own.host.logs(placement.instanceId, options.lines);
    const host = await this.#find(placement.target);
    return host === undefined ? [] : this.#deps.peer(host).logs(placement, options, signal);
  }

  /** A process is never put to sleep. */
  async wake(): Promise<void> {}

  async #find(target: string): Promise<ProcessHost | undefined> {
    return (await this.#deps.hosts.alive()).find(({ id }) => id === target);
  }

  /** Of itself, a replica knows more than it said last. */
  #asItIs(host: ProcessHost): ProcessHost {
    const { own } = this.#deps.replica;
    if (own?.id !== host.id) return host;
    return { ...host, servers: own.host.size, hasRoom: own.host.hasRoom };
  }
}
