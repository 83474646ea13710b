import { AppError } from '../../errors/app-error.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import {
  type Catalog,
  type CatalogConnectorService,
  type CatalogEntry,
  type SettingInput,
  settingsIn,
} from '../catalog/index.ts';
import type {
  Connector,
  ConnectorService,
  ManagedConnector,
  ManagedConnectorService,
} from '../connectors/index.ts';
import type { AuthorizationService, StartedSignIn } from '../oauth/index.ts';
import { isWorking, lacksRights, type SystemTool, statusOf } from './system-tool.ts';

/** Collaborators of the {@link SystemToolService}. */
export interface SystemToolServiceDeps {
  catalog: Pick<Catalog, 'list' | 'find' | 'isOpen'>;
  catalogConnectors: Pick<CatalogConnectorService, 'enable' | 'sync' | 'remove'>;
  managed: Pick<ManagedConnectorService, 'list' | 'find'>;
  connectors: Pick<ConnectorService, 'setIntent'>;
  authorizations: Pick<AuthorizationService, 'start'>;
  log: OperationLog;
}

/** What a tool is connected with. */
export interface SystemToolConnect {
  /** Undefined where nothing is set anew. */
  settings: SettingInput | undefined;
  /** Where a browser comes back to after a sign-in; undefined for the first page of the settings. */
  returnUrl: string | undefined;
}

/** A tool after it was connected, or the sign-in that has to happen first. */
export interface SystemToolConnection {
  tool: SystemTool;
  signIn: StartedSignIn | undefined;
}

/**
 * Tools that the operator offers to every user: entries of the catalog. What a user is connected to is a connector of theirs, so all that
 * connectors have (sessions, tools, approval, renewal of tokens, erasure) holds for it as well.
 */
export class SystemToolService {
  readonly #deps: SystemToolServiceDeps;

  constructor(deps: SystemToolServiceDeps) {
    this.#deps = deps;
  }

  /** In the order of their keys. What is not open is left out, unless the user is connected to it. */
  async list(caller: Caller): Promise<SystemTool[]> {
    const identity = userOf(caller);
    const { catalog, managed } = this.#deps;
    const all = await managed.list(identity);
    const connected = new Map(all.map((one) => [String(one.connector.entryKey), one]));
    const offered = catalog.list('user').filter((entry) => catalog.isOpen(entry));
    const keys = new Set([...offered.map(({ key }) => key), ...connected.keys()]);
    return [...keys].sort().map((key) => this.#toTool(key, connected.get(key)));
  }

  /**
   * Connects the tool, has it work again, or says how to sign in to it.
   * @throws AppError `CATALOG_ENTRY_NOT_FOUND`, `CATALOG_ENTRY_CLOSED`, `SETTINGS_INVALID`, `TEST_LIMIT_REACHED`, `CONNECTOR_CHANGED`,
   * `SIGN_IN_NOT_POSSIBLE`, `VALIDATION_FAILED` for another page than the operator allows, or the code of the failed test
   */
  connect(caller: Caller, key: string, request: SystemToolConnect): Promise<SystemToolConnection> {
    const identity = userOf(caller);
    return this.#deps.log.change('system_tool.connect', identity, async (fields) => {
      const { managed, authorizations } = this.#deps;
      const entry = this.#getEntry(key);
      fields.entry = entry.key;
      if (!this.#deps.catalog.isOpen(entry)) throw new AppError('CATALOG_ENTRY_CLOSED');
      const { settings } = request;
      const before = (await managed.find(identity, entry.key))?.connector;
      const connector = await this.#connect(identity, entry, { before, settings });
      if (connector !== undefined) fields.connector_id = connector.id;
      const needsSignIn = entry.auth.kind === 'oauth2' && wantsSignIn(connector);
      const signIn = needsSignIn
        ? await authorizations.start(caller, {
            systemTool: { key: entry.key, connector },
            returnUrl: request.returnUrl,
          })
        : undefined;
      if (signIn !== undefined) fields.outcome = 'SIGN_IN';
      const after = await managed.find(identity, entry.key);
      return { tool: this.#toTool(entry.key, after), signIn };
    });
  }

  /** Takes it away with everything that was set; where there is nothing, nothing happens. @throws AppError `CATALOG_ENTRY_NOT_FOUND` */
  disconnect(caller: Caller, key: string): Promise<SystemTool> {
    const identity = userOf(caller);
    return this.#deps.log.change('system_tool.disconnect', identity, async (fields) => {
      const { catalog, catalogConnectors, managed } = this.#deps;
      const entryKey = catalog.find(key)?.key ?? key;
      fields.entry = entryKey;
      const found = await managed.find(identity, entryKey);
      // One that is not offered any more can still be taken away.
      if (found === undefined) this.#getEntry(key);
      else {
        fields.connector_id = found.connector.id;
        await catalogConnectors.remove(identity, { key: entryKey });
      }
      return this.#toTool(entryKey, undefined);
    });
  }

  /** Undefined where it has to be signed in to for the first time. */
  async #connect(
    identity: Identity,
    entry: CatalogEntry,
    { before, settings }: { before: Connector | undefined; settings: SettingInput | undefined },
  ): Promise<Connector | undefined> {
    const { catalogConnectors, connectors } = this.#deps;
    const isSignIn = entry.auth.kind === 'oauth2';
    if (before === undefined && isSignIn) return undefined;
    if (before === undefined || (settings !== undefined && !isSignIn)) {
      const given = settings === undefined ? {} : { settings };
      return (await catalogConnectors.enable(identity, entry, given)).connector;
    }
    if (isWorking(before) || wantsSignIn(before)) return before;
    await connectors.setIntent(identity, before.id, 'ENABLED', undefined);
    return await catalogConnectors.sync(identity, entry);
  }

  /** @throws AppError `CATALOG_ENTRY_NOT_FOUND` */
  #getEntry(key: string): CatalogEntry {
    const entry = this.#deps.catalog.find(key);
    if (entry?.offeredTo !== 'user') throw new AppError('CATALOG_ENTRY_NOT_FOUND');
    return entry;
  }

  #toTool(key: string, managed: ManagedConnector | undefined): SystemTool {
    const { catalog } = this.#deps;
    const found = catalog.find(key);
    const entry = found?.offeredTo === 'user' ? found : undefined;
    const isOpen = entry !== undefined && catalog.isOpen(entry);
    const connector = managed?.connector;
    const settings = settingsIn(managed?.credentials);
    return { key, entry, isOpen, connector, status: statusOf(connector, isOpen), settings };
  }
}

function wantsSignIn(connector: Connector | undefined): boolean {
  return connector === undefined || connector.status === 'NEEDS_AUTH' || lacksRights(connector);
}

/** Whatever projects a caller is in, what they are connected to is theirs. */
function userOf({ tenantId, userId }: Caller): Identity {
  return { tenantId, userId };
}
