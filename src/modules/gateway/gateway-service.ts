import { createHash } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type {
  InputRequired,
  ListKind,
  McpBackend,
  ToolCallControl,
  ToolCallRequest,
  ToolReply,
} from '../../mcp/server/mcp-backend.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { slugInName } from '../connectors/index.ts';
import type { ToolCallService, ToolSearchService } from '../tools/index.ts';
import { toErrorReply, toToolReply } from './call-reply.ts';
import { invalidState, unknownTool } from './invalid-params.ts';
import { LazyTools } from './lazy-tools.ts';
import { withOwnLinks } from './own-addresses.ts';
import { UserOfferings, type UserOfferingsDeps } from './user-offerings.ts';

/** Somebody's connectors are others than before; `everything` where some such change may have been missed. */
type ConnectorChange = { tenantId: string; ownerKind: string; ownerId: string } | 'everything';

/** Tells of changes of connectors, in whatever process they were made. */
export interface ConnectorChanges {
  /** @returns ends it */
  subscribe(listener: (change: ConnectorChange) => void): () => void;
}

/** Collaborators of the {@link GatewayService}. */
export interface GatewayServiceDeps extends UserOfferingsDeps {
  search: Pick<ToolSearchService, 'listProtocolTools' | 'search'>;
  calls: Pick<ToolCallService, 'call'>;
  changes: ConnectorChanges;
}

/** Names that tools can have at all; nothing else reaches the database. */
const EXPOSED_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The aggregated MCP server of each user: one backend for one caller and one request. */
export class GatewayService {
  readonly #deps: GatewayServiceDeps;

  constructor(deps: GatewayServiceDeps) {
    this.#deps = deps;
  }

  /**
   * What stands behind the endpoint for this user.
   * @param isLazy two tools, to search and to run, instead of all
   */
  backendFor(identity: Identity, { isLazy }: { isLazy: boolean }): McpBackend {
    const offerings = new UserOfferings(identity, this.#deps);
    const all: McpBackend = {
      offerings,
      listTools: () => this.#deps.search.listProtocolTools(identity),
      callTool: (call, options) => this.#call(identity, call, options),
      fingerprints: async (lists) => ({
        ...(lists.includes('tools') && {
          tools: fingerprint(await this.#deps.search.listProtocolTools(identity)),
        }),
        ...(await this.#fingerprintsOfOfferings(identity, lists)),
      }),
      watch: (onMayDiffer) =>
        this.#deps.changes.subscribe((change) => {
          if (concerns(change, identity)) onMayDiffer();
        }),
    };
    if (!isLazy) return all;
    const search = (query: string, limit: number) =>
      this.#deps.search.search(identity, query, limit);
    const lazy = new LazyTools({ search, run: (call, options) => all.callTool(call, options) });
    return {
      offerings,
      listTools: () => lazy.listTools(),
      callTool: (call, options) => lazy.callTool(call, options),
      fingerprints: async (lists) => ({
        // The two tools stay.
        tools: '',
        ...(await this.#fingerprintsOfOfferings(identity, lists)),
      }),
      watch: all.watch,
    };
  }

  #fingerprintsOfOfferings(identity: Identity, lists: readonly ListKind[]) {
    const wanted = lists.filter((list) => list !== 'tools');
    return this.#deps.offerings.fingerprints(identity, wanted);
  }

  async #call(
    identity: Identity,
    call: ToolCallRequest,
    options: ToolCallControl,
  ): Promise<ToolReply | InputRequired> {
    if (!EXPOSED_NAME.test(call.name)) throw unknownTool(call.name, {});
    try {
      const reply = toToolReply(await this.#deps.calls.call(identity, call, options));
      if (!('content' in reply)) return reply;
      return { ...reply, content: withOwnLinks(reply.content, slugInName(call.name)) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'TOOL_NOT_FOUND') throw unknownTool(call.name, error.options.extensions);
      if (error.code === 'REQUEST_STATE_INVALID') throw invalidState(error);
      return toErrorReply(error);
    }
  }
}

function fingerprint(text: Buffer): string {
  return createHash('sha256').update(text).digest('base64');
}

function concerns(change: ConnectorChange, { tenantId, userId, projectId }: Identity): boolean {
  if (change === 'everything') return true;
  const { ownerKind, ownerId } = change;
  return change.tenantId === tenantId && ownerId === (ownerKind === 'user' ? userId : projectId);
}
