import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launch } from '../../src/runtimes/launch.ts';
import {
  type InstanceSpec,
  type InstanceStatus,
  RUNTIME_PROBLEM_CODES,
  type Runtime,
  RuntimeFailure,
  type RuntimeProblemCode,
} from '../../src/runtimes/runtime.ts';

/** A runtime, and what its tests need to know of it. */
export interface RuntimeBench {
  runtime: Runtime;
  /** Comes up here, and serves MCP. */
  launch: Launch;
  /** Does not come up here, and how that is told, be it by `ensure` or by `status`. */
  broken: { launch: Launch; codes: readonly RuntimeProblemCode[] };
  /** A target that nobody knows. */
  unknownTarget: string;
  /** How many copies of the instance there are, counted where they run, not by the runtime. */
  count(instanceId: string): Promise<number>;
  /**
   * Sends an MCP request to the address and tells the HTTP status; undefined where nothing listens. Left out where the addresses lead
   * nowhere, as those of a cluster that is none.
   */
  knock?(url: string, bearer: string | undefined): Promise<number | undefined>;
  /** Called between two looks, for runtimes that something has to be done for; default: waits a little. */
  tick?(): Promise<void>;
  close(): Promise<void>;
}

/** Looks until the status is as it is meant to be. */
const MAX_LOOKS = 400;
const BETWEEN_LOOKS_MS = 50;

/** What every runtime does alike. Starts it once for all tests. */
export function describeRuntime(name: string, open: () => Promise<RuntimeBench>): void {
  describe(`the runtime ${name}`, () => {
    let bench: RuntimeBench;
    let runtime: Runtime;
    let target: string;
    const { signal } = new AbortController();
    const specOf = (launch: Launch, changes: Partial<InstanceSpec> = {}): InstanceSpec => ({
      ...{ instanceId: randomUUID(), deploymentId: randomUUID(), entryKey: 'contract', launch },
      environment: { CONTRACT_SECRET: `s3cret-${randomUUID()}` },
      files: [],
      bearer: randomBytes(32).toString('base64url'),
      generation: 1,
      ...changes,
    });
    const at = ({ instanceId }: InstanceSpec) => ({ instanceId, target });
    const until = async (spec: InstanceSpec, wanted: (status: InstanceStatus) => boolean) => {
      let status = await runtime.status(at(spec), signal);
      for (let look = 1; !wanted(status) && look < MAX_LOOKS; look += 1) {
        await (bench.tick?.() ?? new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS)));
        status = await runtime.status(at(spec), signal);
      }
      expect(wanted(status), `ended as ${status.phase} ${status.problem?.code ?? ''}`).toBe(true);
      return status;
    };
    const isUp = (generation: number) => (status: InstanceStatus) =>
      status.phase === 'running' && status.generation === generation;

    beforeAll(async () => {
      bench = await open();
      runtime = bench.runtime;
      const [first] = await runtime.targets(signal);
      if (first === undefined) throw new Error('the runtime has no target');
      target = first;
    }, 60_000);
    afterAll(() => bench.close());

    it('starts an instance once, however often and by however many that is asked for', async () => {
      const spec = specOf(bench.launch);
      expect(await runtime.status(at(spec), signal)).toMatchObject({ phase: 'gone' });
      await Promise.all([
        runtime.ensure(spec, target, signal),
        runtime.ensure(spec, target, signal),
      ]);
      await runtime.ensure(spec, target, signal);
      const status = await until(spec, isUp(1));
      expect(status).toMatchObject({ problem: undefined, step: undefined });
      const url = new URL(status.url ?? '');
      // A secret in an address would end up in logs.
      expect(url.href).not.toContain(spec.bearer);
      expect([url.username, url.password, url.search]).toEqual(['', '', '']);
      await runtime.ensure(spec, target, signal);
      expect(await bench.count(spec.instanceId)).toBe(1);
      await runtime.wake(at(spec), signal);

      await runtime.stop(at(spec), signal);
      await until(spec, ({ phase }) => phase === 'gone');
      expect(await bench.count(spec.instanceId)).toBe(0);
      await runtime.stop(at(spec), signal);
    });

    it('lets nobody in without the secret of the instance', async () => {
      const { knock } = bench;
      if (knock === undefined) return;
      const spec = specOf(bench.launch);
      await runtime.ensure(spec, target, signal);
      const { url = '' } = await until(spec, isUp(1));
      expect(await knock(url, undefined)).toBe(401);
      expect(await knock(url, randomBytes(32).toString('base64url'))).toBe(401);
      expect(await knock(url, `${spec.bearer}x`)).toBe(401);
      expect(await knock(url, spec.bearer)).toBe(200);
      await runtime.stop(at(spec), signal);
      await until(spec, ({ phase }) => phase === 'gone');
      expect(await knock(url, spec.bearer)).not.toBe(200);
    });

    it('replaces one of an older generation, with its secret, and leaves a newer one', async () => {
      const first = specOf(bench.launch);
      const bearer = randomBytes(32).toString('base64url');
      const second = { ...first, generation: 2, bearer };
      await runtime.ensure(first, target, signal);
      await until(first, isUp(1));
      await runtime.ensure(second, target, signal);
      const { url = '' } = await until(second, isUp(2));
      await runtime.ensure(first, target, signal);
      expect(await until(second, isUp(2))).toMatchObject({ phase: 'running' });
      expect(await bench.count(first.instanceId)).toBe(1);
      if (bench.knock !== undefined) {
        expect(await bench.knock(url, first.bearer)).toBe(401);
        expect(await bench.knock(url, bearer)).toBe(200);
      }
      await runtime.stop(at(second), signal);
    });

    it('tells why one does not come up, and no secret', async () => {
      const spec = specOf(bench.broken.launch);
      let problem: InstanceStatus['problem'];
      try {
        await runtime.ensure(spec, target, signal);
        ({ problem } = await until(spec, ({ phase }) => phase === 'failed'));
      } catch (error) {
        if (!(error instanceof RuntimeFailure)) throw error;
        ({ problem } = error);
      }
      expect(bench.broken.codes).toContain(problem?.code);
      expect(problem?.target).toEqual(expect.any(String));
      const told = JSON.stringify([problem?.code, problem?.target, String(problem?.cause)]);
      for (const secret of [spec.bearer, ...Object.values(spec.environment)]) {
        expect(told).not.toContain(secret);
      }
      await runtime.stop(at(spec), signal);
      await until(spec, ({ phase }) => phase === 'gone');
    });

    it('hands out the end of what an instance wrote', async () => {
      const spec = specOf(bench.launch);
      await runtime.ensure(spec, target, signal);
      await until(spec, isUp(1));
      const lines = await runtime.logs(at(spec), { lines: 3 }, signal);
      expect(lines.length).toBeLessThanOrEqual(3);
      expect(lines.every((line) => line.length <= 2000)).toBe(true);
      await runtime.stop(at(spec), signal);
    });

    it('knows nothing of a target that there is not, and starts nothing elsewhere', async () => {
      const spec = specOf(bench.launch);
      const nowhere = { instanceId: spec.instanceId, target: bench.unknownTarget };
      await expect(runtime.ensure(spec, bench.unknownTarget, signal)).rejects.toSatisfy(
        (error) =>
          error instanceof RuntimeFailure && RUNTIME_PROBLEM_CODES.includes(error.problem.code),
      );
      const { phase } = await runtime.status(nowhere, signal);
      expect(['unreachable', 'gone']).toContain(phase);
      expect(await bench.count(spec.instanceId)).toBe(0);
      expect((await runtime.status(at(spec), signal)).phase).toBe('gone');
    });
  });
}

/** Sends an MCP request over HTTP, as {@link RuntimeBench.knock} wants it. */
export async function knockAt(url: string, bearer: string | undefined) {
  const request = {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'runtime-contract', version: '1.0.0' },
    },
  };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify(request),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
