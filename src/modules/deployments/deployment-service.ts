import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import { TextRedaction } from '../../lib/text-redaction.ts';
import { RuntimeFailure } from '../../runtimes/runtime.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { managerIdentity, memberIdentity } from '../../tenancy/identity-for.ts';
import {
  type Catalog,
  type CatalogEntry,
  isDeployed,
  mergeSettings,
  type SettingInput,
} from '../catalog/index.ts';
import type { Deployment, DeploymentInstance } from './deployment.ts';
import { problemDetail } from './deployment-problem.ts';
import { type DeploymentSecrets, newBearer, specHashOf } from './deployment-secrets.ts';
import { changeState } from './deployment-states.ts';
import type { DeploymentChanges, DeploymentPosition, DeploymentStore } from './deployment-store.ts';
import type { Runtimes } from './runtimes.ts';

/** Collaborators of the {@link DeploymentService}. */
export interface DeploymentServiceDeps {
  store: DeploymentStore;
  secrets: DeploymentSecrets;
  catalog: Pick<Catalog, 'isOpen'>;
  runtimes: Runtimes;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
}

/** What is deployed. */
export interface DeployRequest {
  /** Values that replace stored ones. */
  settings: SettingInput;
  /** Whether the entry is switched on once its server is up. */
  isEnabling: boolean;
}

/** What an instance wrote. */
export interface InstanceLog {
  instance: DeploymentInstance;
  lines: readonly string[];
}

/** Where runtimes cut a line of a log. */
const MAX_LINE = 2_000;
/** Of a change that meets others. */
const MAX_ATTEMPTS = 10;
/** What begins anew is due at once, and forgets what went wrong. */
const ANEW = { step: 'waiting', error: undefined, attempts: 0 } as const;

/** Says what is wanted of deployments, and how they stand. It starts and stops nothing itself: background work does. */
export class DeploymentService {
  readonly #deps: DeploymentServiceDeps;

  constructor(deps: DeploymentServiceDeps) {
    this.#deps = deps;
  }

  /**
   * For whom a request is that names a deployment by its id alone.
   * @throws AppError `DEPLOYMENT_NOT_FOUND` for one of no project of the caller's, `PROJECT_ADMIN_REQUIRED`
   */
  async allow(caller: Caller, id: string, use: 'see' | 'manage'): Promise<Identity> {
    const { tenantId, userId, projects } = caller;
    const user = { tenantId, userId };
    const projectId =
      projects.size === 0
        ? undefined
        : await this.#deps.store.findProject(user, [...projects.keys()], id);
    if (projectId === undefined) throw new AppError('DEPLOYMENT_NOT_FOUND');
    return use === 'see' ? memberIdentity(caller, projectId) : managerIdentity(caller, projectId);
  }

  /** Newest first. Reads one more than `limit` to tell whether there is another page. */
  async list(
    identity: Identity,
    page: { limit: number; after: DeploymentPosition | undefined },
  ): Promise<{ items: Deployment[]; next: DeploymentPosition | undefined }> {
    const found = await this.#deps.store.list(identity, { ...page, limit: page.limit + 1 });
    const items = found.slice(0, page.limit);
    const last = found.length > page.limit ? items.at(-1) : undefined;
    return { items, next: last && { createdAt: last.createdAt, id: last.id } };
  }

  /** @throws AppError `DEPLOYMENT_NOT_FOUND` */
  async get(identity: Identity, id: string): Promise<Deployment> {
    const found = await this.#deps.store.find(identity, id);
    if (found === undefined) throw new AppError('DEPLOYMENT_NOT_FOUND');
    return found;
  }

  /**
   * Has the server of an entry brought up with these settings: at most one of an entry for each owner. Said twice it changes nothing; other
   * settings replace its instances one after the other.
   * @throws AppError `CATALOG_ENTRY_CLOSED`, `DEPLOYMENT_NOT_POSSIBLE`, `SETTINGS_INVALID`, `DEPLOYMENT_CHANGED`
   */
  deploy(identity: Identity, entry: CatalogEntry, request: DeployRequest): Promise<Deployment> {
    return this.#deps.log.change('deployment.deploy', identity, async (fields) => {
      fields.entry = entry.key;
      if (!this.#deps.catalog.isOpen(entry)) throw new AppError('CATALOG_ENTRY_CLOSED');
      if (!isDeployed(entry)) throw new AppError('DEPLOYMENT_NOT_POSSIBLE');
      const deployment = await this.#retry(() => this.#put(identity, entry, request));
      fields.deployment_id = deployment.id;
      return deployment;
    });
  }

  /** Ends its instances; settings stay. Said twice it changes nothing. @throws AppError `DEPLOYMENT_NOT_FOUND`, `DEPLOYMENT_CHANGED` */
  stop(identity: Identity, id: string): Promise<Deployment> {
    return this.#change('deployment.stop', identity, id, (current) =>
      current.wanted === 'running' ? this.#ending(current, 'stopped') : undefined,
    );
  }

  /** Brings up one that was stopped or has failed; of any other, nothing changes. @throws as {@link stop} */
  start(identity: Identity, id: string): Promise<Deployment> {
    return this.#change('deployment.start', identity, id, (current) =>
      current.wanted === 'running' && current.state !== 'failed' ? undefined : this.#anew(current),
    );
  }

  /** Its entry is not switched on once it is up, whoever wanted that before. @throws as {@link stop} */
  forgetEnable(identity: Identity, id: string): Promise<Deployment> {
    return this.#change('deployment.forget_enable', identity, id, ({ enableWanted }) =>
      enableWanted ? { enableWanted: false, at: this.#deps.clock.now() } : undefined,
    );
  }

  /** Ends its instances and deletes it with its settings, once they are gone. @throws as {@link stop} */
  delete(identity: Identity, id: string): Promise<Deployment> {
    return this.#change('deployment.delete', identity, id, (current) =>
      current.wanted === 'deleted' ? undefined : this.#ending(current, 'deleted'),
    );
  }

  /**
   * What its instances wrote last, at most `lines` of each.
   * @throws AppError `DEPLOYMENT_NOT_FOUND`, `RUNTIME_UNREACHABLE` where one of its places does not tell
   */
  async logs(
    identity: Identity,
    id: string,
    options: { lines: number },
    signal: AbortSignal,
  ): Promise<InstanceLog[]> {
    const deployment = await this.get(identity, id);
    const redaction = this.#redactionOf(deployment);
    try {
      return await Promise.all(
        deployment.instances.map(async (instance) => {
          const placement = { instanceId: instance.id, target: instance.target };
          const runtime = this.#deps.runtimes.find(instance.runtime);
          const lines = (await runtime?.logs(placement, options, signal)) ?? [];
          return { instance, lines: lines.map((line) => redaction.ofCut(line, MAX_LINE)) };
        }),
      );
    } catch (error) {
      if (!(error instanceof RuntimeFailure)) throw error;
      const { code, target, cause } = error.problem;
      // Whatever the reason, they are not told: the detail says why.
      throw new AppError('RUNTIME_UNREACHABLE', { detail: problemDetail({ code, target }), cause });
    }
  }

  /** Not every runtime knows what a server must not repeat: a cluster keeps logs, and its secrets are not read there. */
  #redactionOf(deployment: Deployment): TextRedaction {
    const secret = this.#deps.secrets.find(deployment);
    const settings = Object.values(secret?.settings ?? {}).map(String);
    return new TextRedaction(secret === undefined ? [] : [secret.bearer, ...settings]);
  }

  /** @returns undefined where somebody else was faster */
  async #put(
    identity: Identity,
    entry: CatalogEntry,
    request: DeployRequest,
  ): Promise<Deployment | undefined> {
    const current = await this.#deps.store.findByEntry(identity, entry.key);
    if (current === undefined) return await this.#insert(identity, entry, request);
    const { secrets, store } = this.#deps;
    const stored = secrets.find(current);
    const settings = mergeSettings(entry.settings, stored?.settings ?? {}, request.settings);
    const isSame =
      stored !== undefined && JSON.stringify(stored.settings) === JSON.stringify(settings);
    const isWanted = current.wanted === 'running' && current.state !== 'failed';
    const enableWanted = current.enableWanted || request.isEnabling;
    if (isSame && isWanted && enableWanted === current.enableWanted) return current;
    const sealed = secrets.seal(current, { settings, bearer: stored?.bearer ?? newBearer() });
    const changes = isSame && isWanted ? this.#due() : { ...this.#anew(current), sealed };
    return store.update(identity, current.id, current.version, { ...changes, enableWanted });
  }

  #insert(
    identity: Identity,
    entry: CatalogEntry,
    { settings: given, isEnabling: enableWanted }: DeployRequest,
  ): Promise<Deployment | undefined> {
    const { tenantId, projectId } = identity;
    // Entries that are deployed are offered to projects.
    if (projectId === undefined) throw new AppError('DEPLOYMENT_NOT_POSSIBLE');
    const { secrets, store, clock } = this.#deps;
    const id = randomUUID();
    const owner = { tenantId, userId: '', projectId };
    const settings = mergeSettings(entry.settings, {}, given);
    const sealed = secrets.seal({ id, owner }, { settings, bearer: newBearer() });
    const specHash = specHashOf(entry);
    const deployment = { id, entryKey: entry.key, sealed, specHash, enableWanted };
    return store.insert(identity, { ...deployment, at: clock.now() });
  }

  #change(
    operation: string,
    identity: Identity,
    id: string,
    decide: (current: Deployment) => DeploymentChanges | undefined,
  ): Promise<Deployment> {
    return this.#deps.log.change(operation, identity, async (fields) => {
      fields.deployment_id = id;
      return await this.#retry(async () => {
        const current = await this.get(identity, id);
        const changes = decide(current);
        if (changes === undefined) return current;
        return await this.#deps.store.update(identity, id, current.version, changes);
      });
    });
  }

  /** Background work changes rows as well, so what is decided is decided anew. */
  async #retry(work: () => Promise<Deployment | undefined>): Promise<Deployment> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const done = await work();
      if (done !== undefined) return done;
    }
    throw new AppError('DEPLOYMENT_CHANGED');
  }

  /** One that runs is replaced where it is; any other begins at the place that its entry prefers. */
  #anew({ state, wanted, generation, runtime }: Deployment): DeploymentChanges {
    const isKept = wanted === 'running' && state !== 'failed';
    return {
      ...{ ...this.#due(), ...ANEW, wanted: 'running', generation: generation + 1 },
      startedAt: this.#deps.clock.now(),
      runtime: isKept ? runtime : undefined,
      state: changeState(state, 'deploying'),
    };
  }

  #ending({ state }: Deployment, wanted: 'stopped' | 'deleted'): DeploymentChanges {
    return {
      ...{ ...this.#due(), wanted, attempts: 0, step: 'stopping', enableWanted: false },
      state: changeState(state, 'stopping'),
    };
  }

  #due(): { dueAt: Date; at: Date } {
    const now = this.#deps.clock.now();
    return { dueAt: now, at: now };
  }
}
