import {
  type InstanceSpec,
  type InstanceStatus,
  RuntimeFailure,
  type RuntimeProblemCode,
} from '../../src/runtimes/runtime.ts';

/** A host of servers that only remembers what it was asked for: all of them are up at once. */
export class MemoryServerHost {
  readonly specs = new Map<string, InstanceSpec>();
  /** What the next ones are refused with. */
  refusal: RuntimeProblemCode | undefined;
  /** Nothing works. */
  isBroken = false;
  readonly hasDocker = false;

  get size(): number {
    this.#mustWork();
    return this.specs.size;
  }

  instances(): readonly string[] {
    this.#mustWork();
    return [...this.specs.keys()];
  }

  ensure(spec: InstanceSpec): void {
    this.#mustWork();
    if (this.refusal !== undefined) {
      throw new RuntimeFailure({ code: this.refusal, target: 'memory' });
    }
    this.specs.set(spec.instanceId, spec);
  }

  status(instanceId: string): Omit<InstanceStatus, 'url'> {
    this.#mustWork();
    const spec = this.specs.get(instanceId);
    return {
      phase: spec === undefined ? 'gone' : 'running',
      ...{ generation: spec?.generation, step: undefined, problem: undefined, sessions: 0 },
    };
  }

  find(): undefined {
    return undefined;
  }

  logs(_instanceId: string, lines: number): readonly string[] {
    return ['one', 'two', 'three'].slice(-lines);
  }

  async stop(instanceId: string): Promise<void> {
    this.#mustWork();
    this.specs.delete(instanceId);
  }

  #mustWork(): void {
    if (this.isBroken) throw new Error('broken');
  }
}
