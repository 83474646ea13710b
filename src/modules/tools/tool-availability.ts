import { AppError } from '../../errors/app-error.ts';
import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore, ToolStanding } from '../connectors/index.ts';
import { NearestNames } from './nearest-names.ts';
import type { Toolset } from './toolset.ts';

/** What has to happen before a tool can be called. */
export type ToolRemedy =
  | 'choose_another_tool'
  | 'enable_tool'
  | 'approve_tool'
  | 'enable_connector'
  | 'renew_credentials'
  | 'read_tools_again'
  | 'wait';

/** Codes of what does not go away by itself. */
type LastingCode =
  | 'TOOL_NOT_FOUND'
  | 'CONNECTOR_DISABLED'
  | 'TOOL_DISABLED'
  | 'TOOL_NOT_APPROVED'
  | 'NEEDS_AUTH'
  | 'TOOL_CHANGED';

/** Why a tool cannot be called now, as one of the closed list of codes. */
export interface ToolObstacle {
  code: LastingCode | 'UPSTREAM_UNREACHABLE';
  /** What to do, for the user. Nothing a server wrote. */
  detail: string;
  /** It may go away by itself. */
  retryable: boolean;
  /** When, where that is known. */
  retryAfterSeconds?: number;
  remedy: ToolRemedy;
}

/** Whether a tool can be called, as far as rows tell: no server is asked. */
export interface ToolAvailability {
  name: string;
  /** Undefined where there is no such tool. */
  standing: ToolStanding | undefined;
  /** Undefined where the tool is ready. */
  obstacle: ToolObstacle | undefined;
  /** Names of tools that are ready, most like the name of one that is not; none for a tool that is. */
  nearest: string[];
}

/** Names that tools can have at all; nothing else reaches the database. */
const EXPOSED_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Tells of each name, in the order given, whether its tool can be called.
 * @param toolset the user's, whose tools need no further question
 */
export async function availabilityOf(
  store: Pick<ConnectorToolStore, 'listStandings'>,
  identity: Identity,
  toolset: Toolset,
  { names, definitionHashes, findPause = () => undefined }: ToolQuestion,
): Promise<ToolAvailability[]> {
  const listed = standingsOf(toolset);
  const obstacleOf = (standing: ToolStanding | undefined, definitionHash?: string) =>
    obstacleTo(standing, definitionHash) ?? (standing && findPause(standing));
  let usable: NearestNames | undefined;
  const nearestTo = (name: string) => {
    usable ??= new NearestNames(
      [...listed.values()].flatMap((standing) =>
        obstacleOf(standing) === undefined ? [standing.exposedName] : [],
      ),
    );
    return usable.of(name);
  };
  const others = names.filter((name) => !listed.has(name) && EXPOSED_NAME.test(name));
  const stored = others.length === 0 ? [] : await store.listStandings(identity, others);
  const unlisted = new Map(stored.map((standing) => [standing.exposedName, standing]));
  return names.map((name) => {
    const standing = listed.get(name) ?? unlisted.get(name);
    const obstacle = obstacleOf(standing, definitionHashes?.get(name));
    const nearest = obstacle === undefined ? [] : nearestTo(name);
    return { name, standing, obstacle, nearest };
  });
}

/** The tools that are asked about. */
export interface ToolQuestion {
  names: readonly string[];
  /** By name, the definitions the agent knows; any will do for other names. */
  definitionHashes?: ReadonlyMap<string, string>;
  /** Whether the server of the tool is not asked just now. */
  findPause?: (standing: ToolStanding) => ToolObstacle | undefined;
}

/** The error that says why a tool cannot be used; undefined where it can. */
export function unavailableError(availability: ToolAvailability): AppError | undefined {
  const { obstacle, standing, nearest } = availability;
  if (obstacle === undefined) return undefined;
  return new AppError(obstacle.code, {
    detail: obstacle.detail,
    extensions: {
      ...(standing && { connector_id: standing.connectorId, ...placeOf(obstacle, standing) }),
      nearest,
    },
  });
}

/** Where its owner can do something about a tool that the owner, or nobody yet, has decided about; for the extensions of a problem. */
export function placeOf({ code }: ToolObstacle, { toolId, state }: ToolStanding) {
  if (code === 'TOOL_DISABLED') return { tool_id: toolId, retryable: false };
  if (code === 'TOOL_NOT_APPROVED') return { tool_id: toolId, state, retryable: false };
  return {};
}

/** What keeps a tool from being called, whatever its server would say: the owner's will, and the definition. */
export function refusalOf(
  standing: ToolStanding | undefined,
  definitionHash?: string,
): ToolObstacle | undefined {
  if (standing === undefined) return obstacle('TOOL_NOT_FOUND');
  if (standing.intent === 'DISABLED') return obstacle('CONNECTOR_DISABLED');
  if (standing.admission === 'disabled') return obstacle('TOOL_DISABLED');
  // Whatever definition the agent knows: a call would run the tool as it is now.
  if (standing.admission === 'held') return obstacle('TOOL_NOT_APPROVED');
  if (definitionHash !== undefined && definitionHash !== standing.definitionHash) {
    return obstacle('TOOL_CHANGED');
  }
  return undefined;
}

/** As {@link refusalOf}, and what its server said when it was last asked. */
function obstacleTo(
  standing: ToolStanding | undefined,
  definitionHash?: string,
): ToolObstacle | undefined {
  const refusal = refusalOf(standing, definitionHash);
  if (refusal !== undefined) return refusal;
  return standing?.health === 'NEEDS_AUTH' ? obstacle('NEEDS_AUTH') : undefined;
}

/** What to do, and what is said instead of the catalogue's sentence, which speaks of calls. */
const OBSTACLES: Readonly<Record<LastingCode, { remedy: ToolRemedy; detail?: string }>> = {
  TOOL_NOT_FOUND: {
    remedy: 'choose_another_tool',
    detail: 'No enabled connector of the user has this tool. See the nearest names.',
  },
  CONNECTOR_DISABLED: {
    remedy: 'enable_connector',
    detail: 'Enable the connector to use this tool.',
  },
  NEEDS_AUTH: {
    remedy: 'renew_credentials',
    detail: 'Renew the credentials of the connector, then try again.',
  },
  TOOL_DISABLED: { remedy: 'enable_tool' },
  TOOL_NOT_APPROVED: { remedy: 'approve_tool' },
  TOOL_CHANGED: { remedy: 'read_tools_again' },
};

function obstacle(code: LastingCode): ToolObstacle {
  const { retryable, shown } = ERROR_CATALOGUE[code];
  const { remedy, detail = shown } = OBSTACLES[code];
  return { code, detail, retryable, remedy };
}

const HEALTH = { ok: 'HEALTHY', stale: 'ERROR', error: 'ERROR', needs_auth: 'NEEDS_AUTH' } as const;

/** By name, of the tools that are listed. */
function standingsOf({ tools, outcomes }: Toolset): Map<string, ToolStanding> {
  const connectors = new Map(outcomes.map((outcome) => [outcome.connectorId, outcome]));
  return new Map(
    tools.flatMap(({ id: toolId, name: exposedName, connectorId, definitionHash, state }) => {
      const connector = connectors.get(connectorId);
      if (connector === undefined) return [];
      const { outcome, credentialGeneration, projectId } = connector;
      const ofConnector = {
        projectId,
        intent: 'ENABLED',
        health: HEALTH[outcome],
        credentialGeneration,
      } as const;
      const place = { connectorId, toolId, exposedName };
      const approval = { state, admission: 'offered' } as const;
      return [[exposedName, { ...place, definitionHash, ...ofConnector, ...approval }]];
    }),
  );
}
