import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ServerSpec } from '../contract/agent-generated.ts';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { Outbound, OutboundRequest } from '../outbound/guarded-fetch.ts';
import { LoggableCause } from './loggable-cause.ts';
import {
  type InstanceSpec,
  type InstanceStatus,
  MAX_GENERATION,
  MAX_SESSIONS,
  namesOf,
  type Placement,
  type Runtime,
  RuntimeFailure,
  type RuntimeProblem,
  type RuntimeProblemCode,
} from './runtime.ts';
import { SilentPlaces } from './silent-places.ts';

/** A deployment agent, and what the service shows to it. */
export interface AgentPlace {
  name: string;
  /** Without a slash at its end. */
  origin: string;
  secret: string;
}

/** The deployment agents of the installation. */
export interface AgentPlaces {
  /** Undefined where the operator's file has none of this name. */
  find(name: string): AgentPlace | undefined;
  /** Of all agents in the operator's file. */
  names(): readonly string[];
  /** Names of those whose heartbeats come, full or not. */
  alive(): Promise<readonly string[]>;
  /** Names of those that are alive and have room, those with the least load first. */
  leastLoaded(): Promise<readonly string[]>;
}

/** What an {@link AgentRuntime} needs. */
export interface AgentRuntimeDeps {
  agents: AgentPlaces;
  /** The pinned way out to an origin. */
  outbound: (origin: string) => Pick<Outbound, 'request'>;
  clock: Pick<Clock, 'sleep' | 'monotonic'>;
}

/** What is read of an agent's answers; what else is in them is nobody's business. */
const Server = Type.Object({
  instance_id: Type.String(),
  generation: Type.Integer({ minimum: 0, maximum: MAX_GENERATION }),
  phase: Type.Union([Type.Literal('starting'), Type.Literal('running'), Type.Literal('failed')]),
  step: Type.Union([Type.String({ pattern: '^[a-z0-9-]{1,40}$' }), Type.Null()]),
  problem_code: Type.Union([
    ...(
      [
        'RUNTIME_REFUSED',
        'LAUNCH_NOT_ALLOWED',
        'LAUNCH_NOT_FOUND',
        'SERVER_EXITED',
        'SERVER_OUT_OF_MEMORY',
        'SERVER_NOT_READY',
      ] as const satisfies readonly RuntimeProblemCode[]
    ).map((code) => Type.Literal(code)),
    Type.Null(),
  ]),
  sessions: Type.Integer({ minimum: 0, maximum: MAX_SESSIONS }),
});
const Logs = Type.Object({ lines: Type.Array(Type.String(), { maxItems: 1_000 }) });
const Refusal = Type.Object({ code: Type.Literal('LAUNCH_NOT_ALLOWED') });

/** An agent that takes longer is not there. Milliseconds; ending a server waits for its programs. */
const TIMEOUT_MS = { PUT: 10_000, GET: 5_000, DELETE: 30_000 } as const;
const MAX_ANSWER_BYTES = 64 * 1024;
/** A thousand lines of 2,000 characters, each of three bytes. */
const MAX_LOG_BYTES = 6 * 1024 * 1024;
const MAX_LINES = 1_000;
const MAX_LINE_CHARACTERS = 2_000;

interface Answer {
  status: number;
  value: unknown;
}

/**
 * Managed servers on other machines, run by deployment agents there. Each agent is asked about the instances that are placed with it, at its
 * own origin and nowhere else; what it answers is believed of these alone, and addresses are made here. One that does not answer is an error
 * that names it: nothing is started elsewhere in its stead.
 */
export class AgentRuntime implements Runtime {
  readonly kind = 'agent';
  readonly #deps: AgentRuntimeDeps;
  readonly #silent: SilentPlaces;

  constructor(deps: AgentRuntimeDeps) {
    this.#deps = deps;
    this.#silent = new SilentPlaces(deps.clock);
  }

  targets(_signal: AbortSignal): Promise<readonly string[]> {
    return this.#deps.agents.leastLoaded();
  }

  async obstacle(): Promise<RuntimeProblem> {
    const full = await this.#deps.agents.alive();
    if (full.length > 0) return failure('RUNTIME_REFUSED', namesOf(full), FULL).problem;
    return failure('RUNTIME_UNREACHABLE', namesOf(this.#deps.agents.names()), SILENT).problem;
  }

  async ensure(spec: InstanceSpec, target: string, signal: AbortSignal): Promise<void> {
    const agent = this.#deps.agents.find(target);
    if (agent === undefined) throw failure('RUNTIME_NOT_CONFIGURED', target);
    await this.#requireAlive(agent);
    const body = JSON.stringify(toBody(spec));
    const answer = await this.#ask(agent, { method: 'PUT', ...at(spec), body }, signal);
    if (answer.status !== 202) throw refusedBy(agent, answer);
    readServer(agent, spec, answer);
  }

  async status(placement: Placement, signal: AbortSignal): Promise<InstanceStatus> {
    const agent = this.#deps.agents.find(placement.target);
    // The operator took it out of the file, or another replica has a newer file.
    if (agent === undefined) return unreachable(unknownPlace(placement).problem);
    try {
      await this.#requireAlive(agent);
      const answer = await this.#ask(agent, { method: 'GET', ...at(placement) }, signal);
      if (answer.status === 404) return GONE;
      if (answer.status !== 200) throw refusedBy(agent, answer);
      return toStatus(agent, readServer(agent, placement, answer));
    } catch (error) {
      if (error instanceof RuntimeFailure) return unreachable(error.problem);
      throw error;
    }
  }

  async stop(placement: Placement, signal: AbortSignal): Promise<void> {
    const agent = this.#deps.agents.find(placement.target);
    if (agent === undefined) throw unknownPlace(placement);
    await this.#requireAlive(agent);
    const answer = await this.#ask(agent, { method: 'DELETE', ...at(placement) }, signal);
    if (answer.status !== 204) throw refusedBy(agent, answer);
  }

  async logs(
    placement: Placement,
    { lines }: { lines: number },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const agent = this.#deps.agents.find(placement.target);
    if (agent === undefined) throw failure('RUNTIME_NOT_CONFIGURED', placement.target);
    await this.#requireAlive(agent);
    const wanted = Math.min(lines, MAX_LINES);
    const { path } = at(placement);
    const answer = await this.#ask(
      agent,
      { method: 'GET', path: `${path}/logs?lines=${wanted}`, maxBytes: MAX_LOG_BYTES },
      signal,
    );
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw refusedBy(agent, answer);
    const { lines: told } = read(Logs, agent, answer);
    return told.slice(-wanted).map((line) => line.slice(0, MAX_LINE_CHARACTERS));
  }

  /** An agent leaves its servers running. */
  async wake(): Promise<void> {}

  async #requireAlive({ name }: AgentPlace): Promise<void> {
    const alive = await this.#deps.agents.alive();
    if (!alive.includes(name)) throw failure('RUNTIME_UNREACHABLE', name, SILENT);
  }

  /** @throws RuntimeFailure RUNTIME_UNREACHABLE where no whole answer came in time; the signal's reason after an abort */
  async #ask(
    { name, origin, secret }: AgentPlace,
    {
      method,
      path,
      body,
      maxBytes = MAX_ANSWER_BYTES,
    }: {
      method: keyof typeof TIMEOUT_MS;
      path: string;
      body?: string;
      maxBytes?: number;
    },
    signal: AbortSignal,
  ): Promise<Answer> {
    if (this.#silent.isLeftAlone(name)) throw failure('RUNTIME_UNREACHABLE', name, UNANSWERED);
    const deadline = startDeadline(this.#deps.clock, TIMEOUT_MS[method]);
    const request: OutboundRequest = {
      ...{ method, maxBytes, body: body ?? null },
      headers: {
        authorization: `Bearer ${secret}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.any([signal, deadline.signal]),
    };
    try {
      const response = await this.#deps.outbound(origin).request(`${origin}${path}`, request);
      const answer = { status: response.status, value: tryParseJson(await response.text()) };
      this.#silent.delete(name);
      return answer;
    } catch (cause) {
      signal.throwIfAborted();
      if (deadline.signal.aborted) this.#silent.add(name);
      else this.#silent.delete(name);
      throw failure('RUNTIME_UNREACHABLE', name, cause);
    } finally {
      deadline.release();
    }
  }
}

const SILENT = new LoggableCause('no heartbeats come');
const UNANSWERED = new LoggableCause('it let the time for its last answer pass');
const FULL = new LoggableCause('it has as many servers as it may');
const GONE: InstanceStatus = {
  ...{ phase: 'gone', generation: undefined, url: undefined },
  ...{ step: undefined, problem: undefined, sessions: 0 },
};

function at({ instanceId }: Pick<Placement, 'instanceId'>): { path: string } {
  return { path: `/servers/${encodeURIComponent(instanceId)}` };
}

function failure(code: RuntimeProblemCode, target: string, cause?: unknown): RuntimeFailure {
  return new RuntimeFailure({ code, target, ...(cause !== undefined && { cause }) });
}

function unknownPlace({ target }: Pick<Placement, 'target'>): RuntimeFailure {
  return new RuntimeFailure({ code: 'RUNTIME_NOT_CONFIGURED', target, isUnknownPlace: true });
}

function unreachable(problem: RuntimeProblem): InstanceStatus {
  return { ...GONE, phase: 'unreachable', problem };
}

/** What an answer means that is no success. Texts of the agent are not looked at. */
function refusedBy({ name }: AgentPlace, { status, value }: Answer): RuntimeFailure {
  const cause = new LoggableCause(`the agent answered ${status}`);
  if (status === 422 && Value.Check(Refusal, value)) return failure(value.code, name, cause);
  const isRefusal = status >= 400 && status < 500;
  return failure(isRefusal ? 'RUNTIME_REFUSED' : 'RUNTIME_UNREACHABLE', name, cause);
}

/** @throws RuntimeFailure where it is something else: whatever is there does not answer as an agent */
function read<Schema extends TSchema>(
  schema: Schema,
  { name }: AgentPlace,
  { value }: Answer,
): Static<Schema> {
  if (Value.Check(schema, value)) return value;
  throw failure(
    'RUNTIME_UNREACHABLE',
    name,
    new LoggableCause('the answer is not that of an agent'),
  );
}

function readServer(
  agent: AgentPlace,
  { instanceId }: Pick<Placement, 'instanceId'>,
  answer: Answer,
): Static<typeof Server> {
  const server = read(Server, agent, answer);
  if (server.instance_id === instanceId) return server;
  throw failure(
    'RUNTIME_UNREACHABLE',
    agent.name,
    new LoggableCause('it answered for another instance'),
  );
}

function toStatus(
  { name: target, origin }: AgentPlace,
  server: Static<typeof Server>,
): InstanceStatus {
  const { phase, generation, sessions, problem_code: code } = server;
  const isRunning = phase === 'running';
  return {
    ...{ phase, generation, sessions },
    url: isRunning ? `${origin}/servers/${server.instance_id}/mcp` : undefined,
    step: isRunning ? undefined : (server.step ?? undefined),
    problem: isRunning || code === null ? undefined : { code, target },
  };
}

/** As `ServerSpec` of `agent-api.yaml`. */
function toBody({ launch, ...spec }: InstanceSpec): ServerSpec {
  return {
    deployment_id: spec.deploymentId,
    entry_key: spec.entryKey,
    generation: spec.generation,
    bearer: spec.bearer,
    launch: {
      command: launch.command === undefined ? null : [...launch.command],
      image: launch.image ?? null,
      speaks: launch.speaks,
      port: launch.port,
      path: launch.path,
      environment: { ...launch.environment },
      memory_mb: launch.memoryMb,
      cpu_millis: launch.cpuMillis,
    },
    environment: { ...spec.environment },
    files: [...spec.files],
  };
}
