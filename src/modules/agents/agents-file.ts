import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { canParseUrl } from '../../lib/can-parse-url.ts';
import {
  type FileProblem,
  pointerOf,
  readYaml,
  type YamlDocument,
} from '../../lib/yaml-document.ts';
import { classifyAddress } from '../../outbound/address-policy.ts';
import type { Agent } from './agent.ts';

/** An agents' file that cannot be used, with everything that is wrong with it. Repeats none of its values. */
class AgentsFileError extends Error {
  override readonly name = 'AgentsFileError';

  constructor(file: string, problems: readonly FileProblem[]) {
    const lines = problems.map(
      ({ line, column, pointer, message }) =>
        `${file}:${line}:${column} ${pointer || '/'} ${message}`,
    );
    super(`The agents are not valid:\n- ${lines.join('\n- ')}`);
  }
}

/** The file can name no other variable, so that no other can be sent to a machine somewhere. */
const Variable = Type.String({ pattern: '^AGENT_SECRET_[A-Z0-9_]{1,100}$' });
const AgentDocument = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' }),
    url: Type.String({ maxLength: 2048 }),
    secret: Variable,
    heartbeat_secrets: Type.Array(Variable, { minItems: 1, maxItems: 2 }),
    labels: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' }),
        Type.String({ maxLength: 255 }),
        { maxProperties: 20, additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
type AgentDocument = Static<typeof AgentDocument>;
const AgentsDocument = Type.Object(
  { agents: Type.Array(AgentDocument, { maxItems: 200 }) },
  { additionalProperties: false },
);

/** Values of environment variables by their names. */
type Variables = Readonly<Record<string, string | undefined>>;
type Path = readonly (string | number)[];
interface Problem {
  path: Path;
  message: string;
}

/** Problems that are told. */
const MAX_PROBLEMS = 20;
const SECRET = /^[\x21-\x7e]{32,512}$/;

/**
 * The agents of the operator's file.
 * @param variables where the secrets are that it names.
 * @throws AgentsFileError; what reading the file throws
 */
export function readAgents(file: string, variables: Variables): Agent[] {
  const yaml = readYaml(readFileSync(file, 'utf8'));
  if (Array.isArray(yaml)) throw new AgentsFileError(file, yaml);
  const fail = (problems: readonly Problem[]): never => {
    const told = problems.slice(0, MAX_PROBLEMS).map((problem) => located(yaml, problem));
    throw new AgentsFileError(file, told);
  };
  const { value } = yaml;
  if (!Value.Check(AgentsDocument, value)) return fail(formProblems(value));
  const problems = [
    ...value.agents.flatMap((agent, index) => agentProblems(agent, ['agents', index], variables)),
    ...sharedProblems(value.agents, variables),
  ];
  if (problems.length > 0) return fail(problems);
  const secretOf = (name: string) => variables[name]?.trim() ?? '';
  return value.agents.map((agent) => ({
    name: agent.name,
    origin: new URL(agent.url).origin,
    labels: agent.labels ?? {},
    secret: secretOf(agent.secret),
    heartbeatSecrets: agent.heartbeat_secrets.map(secretOf),
  }));
}

/** What is wrong with an operator's file; undefined where it can be used. Repeats none of its values. */
export function checkAgentsFile(file: string, variables: Variables): string | undefined {
  try {
    readAgents(file, variables);
    return undefined;
  } catch (error) {
    return error instanceof AgentsFileError ? error.message : 'cannot be read';
  }
}

function located({ positionOf }: YamlDocument, { path, message }: Problem): FileProblem {
  return { ...positionOf(path), pointer: pointerOf(path), message };
}

function formProblems(value: unknown): Problem[] {
  const seen = new Set<string>();
  return [...Value.Errors(AgentsDocument, value)].flatMap(
    ({ path: pointer, schema, message, value: part }) => {
      if (seen.has(pointer)) return [];
      seen.add(pointer);
      const path = pointer
        .split('/')
        .slice(1)
        .map((name) => (/^\d+$/.test(name) ? Number(name) : name));
      if (message === 'Unexpected property') return [{ path, message: 'is not known here' }];
      if (part === undefined) return [{ path, message: 'is required' }];
      const pattern: unknown = schema['pattern'];
      const expected =
        typeof pattern === 'string' ? `must match ${pattern}` : `is not valid: ${message}`;
      return [{ path, message: expected }];
    },
  );
}

function agentProblems(agent: AgentDocument, path: Path, variables: Variables): Problem[] {
  const url = urlProblem(agent.url);
  const secrets = [
    { name: agent.secret, path: [...path, 'secret'] },
    ...agent.heartbeat_secrets.map((name, index) => ({
      ...{ name, path: [...path, 'heartbeat_secrets', index] },
    })),
  ];
  return [
    ...(url === undefined ? [] : [{ path: [...path, 'url'], message: url }]),
    ...secrets
      .filter(({ name }) => !SECRET.test(variables[name]?.trim() ?? ''))
      .map(({ path: at }) => ({
        path: at,
        message: 'names a variable that is not set to 32 to 512 characters without spaces',
      })),
  ];
}

function urlProblem(text: string): string | undefined {
  const origin = 'must be the origin of an agent, as https://agent.example.com:30000';
  if (!canParseUrl(text)) return origin;
  const { protocol, hostname, origin: own } = new URL(text);
  if (!/^https?:$/.test(protocol) || (text !== own && text !== `${own}/`)) return origin;
  return protocol === 'https:' || isInOwnNetwork(hostname)
    ? undefined
    : 'must be https: plain http is for private addresses, and names of the own machine or cluster';
}

/** What it is told crosses no network of others. */
function isInOwnNetwork(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return (
    classifyAddress(host) === 'private' ||
    /^[^.:]+$|\.(localhost|svc|cluster\.local|internal)$/.test(host)
  );
}

/** Agents must not be taken for each other, in neither direction. */
function sharedProblems(agents: readonly AgentDocument[], variables: Variables): Problem[] {
  const seen = new Set<string>();
  const isNew = (kind: string, value: string) => {
    const size = seen.size;
    return seen.add(`${kind} ${value}`).size > size;
  };
  return agents.flatMap((agent, index) => {
    const path: Path = ['agents', index];
    const problems: Problem[] = [];
    if (!isNew('name', agent.name)) {
      problems.push({ path: [...path, 'name'], message: 'stands in this file already' });
    }
    if (!isNew('url', agent.url.replace(/\/$/, '').toLowerCase())) {
      problems.push({ path: [...path, 'url'], message: 'is that of another agent' });
    }
    const all = [agent.secret, ...agent.heartbeat_secrets];
    if (all.some((name) => !isNew('secret', variables[name]?.trim() ?? name))) {
      const message =
        'has a secret that is used twice: each agent needs its own for each direction';
      problems.push({ path, message });
    }
    return problems;
  });
}
