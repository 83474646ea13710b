import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore, ToolStanding } from '../connectors/index.ts';
import type { SessionService } from '../sessions/index.ts';
import {
  availabilityOf,
  type ToolAvailability,
  type ToolObstacle,
  type ToolQuestion,
} from './tool-availability.ts';
import type { ToolCache } from './tool-cache.ts';
import type { ToolsetOutcome } from './toolset.ts';

/** Whether a tool can be called, with how its connector was last found. */
export interface ToolReadiness extends ToolAvailability {
  /** Undefined where the tool is not in the user's toolset. */
  connector: ToolsetOutcome | undefined;
}

/** Collaborators of the {@link ToolPreflightService}. */
export interface ToolPreflightServiceDeps {
  store: Pick<ConnectorToolStore, 'listStandings'>;
  tools: Pick<ToolCache, 'getSnapshot'>;
  sessions: Pick<SessionService, 'findPause'>;
}

/** Tells agents which tools they can call, before they plan with them. No server is asked. */
export class ToolPreflightService {
  readonly #deps: ToolPreflightServiceDeps;

  constructor(deps: ToolPreflightServiceDeps) {
    this.#deps = deps;
  }

  /** Of each name, in the order given. What is kept in memory of servers that fail is that of this process. */
  async check(
    identity: Identity,
    question: Pick<ToolQuestion, 'names' | 'definitionHashes'>,
  ): Promise<ToolReadiness[]> {
    const { store, tools, sessions } = this.#deps;
    const { toolset } = await tools.getSnapshot(identity);
    const connectors = new Map(toolset.outcomes.map((one) => [one.connectorId, one]));
    const findPause = (standing: ToolStanding): ToolObstacle | undefined => {
      const pause = sessions.findPause(identity, standing);
      return pause && { code: 'UPSTREAM_UNREACHABLE', retryable: true, remedy: 'wait', ...pause };
    };
    const found = await availabilityOf(store, identity, toolset, { ...question, findPause });
    return found.map((one) => ({
      ...one,
      connector: one.standing && connectors.get(one.standing.connectorId),
    }));
  }
}
