import type { Launch } from '../../src/runtimes/launch.ts';
import {
  type InstanceSpec,
  type InstanceStatus,
  namesOf,
  type Placement,
  type Runtime,
  RuntimeFailure,
  type RuntimeKind,
  type RuntimeProblem,
  type RuntimeProblemCode,
} from '../../src/runtimes/runtime.ts';
import { type ModernServer, startDualServer } from './mcp-servers/modern-server.ts';

/** An instance that the fake has. */
export interface FakeInstance {
  spec: InstanceSpec;
  target: string;
  /** A real MCP server, which asks for the secret. */
  server: ModernServer;
  phase: InstanceStatus['phase'];
  sessions: number;
  /** Looks that find it starting yet. */
  looksToGo: number;
}

/** A launch that the fake brings up. */
export const FAKE_LAUNCH: Launch = {
  ...{ command: ['server'], image: undefined, speaks: 'stdio', port: 8000, path: '/mcp' },
  ...{ environment: {}, memoryMb: 64, cpuMillis: 100 },
};
/** One that ends at once. */
export const FAKE_BROKEN_LAUNCH: Launch = { ...FAKE_LAUNCH, command: ['broken-server'] };

/** A runtime whose instances are real MCP servers of this process. Several services may share it, as replicas share an agent. */
export class FakeRuntime implements Runtime {
  readonly kind: RuntimeKind;
  readonly instances = new Map<string, FakeInstance>();
  /** What was asked, the oldest first, as `ensure <instance>`. */
  readonly asked: string[] = [];
  /** Those that nobody reaches now. */
  readonly lost = new Set<string>();
  /** Looks that an instance takes to come up. */
  looksToStart = 0;
  /** Has no room anywhere, though all of it is there. */
  isFull = false;
  /** Problem of every start, while it is set. */
  refusal: RuntimeProblemCode | undefined;
  /** Starts wait for it, while it is set. */
  hold: Promise<void> | undefined;
  /** Called before and after each effect; what it throws is a crash of the caller. */
  onEffect: (effect: string) => void = () => {};
  readonly #targets: readonly string[];
  readonly #starts = new Map<string, Promise<void>>();

  constructor({
    kind = 'agent',
    targets = ['north'],
  }: { kind?: RuntimeKind; targets?: string[] } = {}) {
    this.kind = kind;
    this.#targets = targets;
  }

  targets(): Promise<readonly string[]> {
    const load = (target: string) =>
      [...this.instances.values()].filter((one) => one.target === target).length;
    if (this.isFull) return Promise.resolve([]);
    const alive = this.#targets.filter((target) => !this.lost.has(target));
    return Promise.resolve([...alive].sort((a, b) => load(a) - load(b)));
  }

  obstacle(): Promise<RuntimeProblem> {
    const code = this.isFull ? 'RUNTIME_REFUSED' : 'RUNTIME_UNREACHABLE';
    return Promise.resolve({ code, target: namesOf(this.#targets) });
  }

  async ensure(spec: InstanceSpec, target: string): Promise<void> {
    this.#ask('ensure', spec.instanceId);
    this.#reach(target);
    if (this.refusal !== undefined) throw new RuntimeFailure({ code: this.refusal, target });
    await this.hold;
    // One start of an instance at a time.
    const before = this.#starts.get(spec.instanceId) ?? Promise.resolve();
    const start = before.then(() => this.#start(spec, target));
    this.#starts.set(spec.instanceId, start);
    await start;
    this.onEffect(`ensured ${spec.instanceId}`);
  }

  status({ instanceId, target }: Placement): Promise<InstanceStatus> {
    this.#ask('status', instanceId);
    const found = this.instances.get(instanceId);
    const none = { generation: undefined, url: undefined, step: undefined, sessions: 0 };
    if (!this.#targets.includes(target) || this.lost.has(target)) {
      const problem = { code: 'RUNTIME_UNREACHABLE', target } as const;
      return Promise.resolve({ ...none, phase: 'unreachable', problem });
    }
    if (found === undefined) {
      return Promise.resolve({ ...none, phase: 'gone', problem: undefined });
    }
    const { spec, server, sessions } = found;
    const { generation } = spec;
    if (found.looksToGo > 0) {
      found.looksToGo -= 1;
      const step = 'pulling-image';
      return Promise.resolve({ ...none, phase: 'starting', generation, step, problem: undefined });
    }
    const problem =
      found.phase === 'failed' ? ({ code: 'SERVER_EXITED', target } as const) : undefined;
    const url = found.phase === 'failed' ? undefined : server.url;
    return Promise.resolve({
      ...{ phase: found.phase, generation, url, step: undefined, problem, sessions },
    });
  }

  async stop({ instanceId, target }: Placement): Promise<void> {
    this.#ask('stop', instanceId);
    this.#reach(target);
    const found = this.instances.get(instanceId);
    this.instances.delete(instanceId);
    await found?.server.close();
    this.onEffect(`stopped ${instanceId}`);
  }

  logs({ instanceId, target }: Placement, { lines }: { lines: number }): Promise<string[]> {
    this.#reach(target);
    const wrote = ['starting', 'listening', `instance ${instanceId}`];
    return Promise.resolve(this.instances.has(instanceId) ? wrote.slice(-lines) : []);
  }

  wake({ instanceId, target }: Placement): Promise<void> {
    this.#ask('wake', instanceId);
    this.#reach(target);
    const found = this.instances.get(instanceId);
    if (found?.phase === 'idle') found.phase = 'running';
    return Promise.resolve();
  }

  /** Takes an instance away as a crash of its machine does. */
  async lose(instanceId: string): Promise<void> {
    const found = this.instances.get(instanceId);
    this.instances.delete(instanceId);
    await found?.server.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.instances.keys()].map((id) => this.lose(id)));
  }

  async #start(spec: InstanceSpec, target: string): Promise<void> {
    const { instanceId, launch, generation, bearer } = spec;
    const found = this.instances.get(instanceId);
    if (found !== undefined && found.spec.generation >= generation) return;
    await found?.server.close();
    const server = await startDualServer({ requireBearer: bearer });
    const phase = launch.command?.[0] === FAKE_BROKEN_LAUNCH.command?.[0] ? 'failed' : 'running';
    const looksToGo = this.looksToStart;
    this.instances.set(instanceId, { spec, target, server, phase, sessions: 0, looksToGo });
  }

  #ask(what: string, instanceId: string): void {
    this.asked.push(`${what} ${instanceId}`);
    this.onEffect(`${what} ${instanceId}`);
  }

  #reach(target: string): void {
    if (this.#targets.includes(target) && !this.lost.has(target)) return;
    throw new RuntimeFailure({ code: 'RUNTIME_UNREACHABLE', target });
  }
}
