import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import { RuntimeFailure } from '../../runtimes/runtime.ts';
import type { Identity } from '../../tenancy/caller.ts';
import {
  type Catalog,
  type CatalogEntry,
  type EntryServer,
  isDeployed,
  serverOf,
} from '../catalog/index.ts';
import type { ManagedServer, ManagedServers } from '../connectors/index.ts';
import type { Deployment, DeploymentInstance } from './deployment.ts';
import type { DeploymentSecrets } from './deployment-secrets.ts';
import type { DeploymentStore } from './deployment-store.ts';
import type { Runtimes } from './runtimes.ts';

/** Collaborators of the {@link DeployedServers}. */
export interface DeployedServersDeps {
  catalog: Pick<Catalog, 'find' | 'isOpen' | 'usableKeys'>;
  store: Pick<DeploymentStore, 'findByEntry'>;
  secrets: DeploymentSecrets;
  runtimes: Runtimes;
  clock: Pick<Clock, 'sleep'>;
  /** Lets the pinned way lead there, and no connector of a user. */
  pin: (origin: string) => void;
}

/** An instance that answers. */
type Reachable = DeploymentInstance & { url: string };

/** Milliseconds that a sleeping instance has to come up: less than a connect takes. */
const WAKE_MS = 8_000;
const WAKE_LOOK_MS = 250;
/** Instances whose sessions are counted beside what their runtime told last. */
const MAX_COUNTED = 10_000;

/** Finds the server of an entry for its owner at the moment of use, wherever it runs by then. */
export class DeployedServers implements ManagedServers {
  readonly #deps: DeployedServersDeps;
  /** How often an instance was chosen since it was seen last; the oldest first. */
  readonly #chosen = new Map<string, { seenAt: number; count: number }>();

  constructor(deps: DeployedServersDeps) {
    this.#deps = deps;
  }

  usableKeys(): readonly string[] {
    return this.#deps.catalog.usableKeys();
  }

  async findServer(identity: Identity, entryKey: string): Promise<ManagedServer | undefined> {
    const { catalog } = this.#deps;
    const entry = catalog.find(entryKey);
    if (entry === undefined || !catalog.isOpen(entry)) return undefined;
    const found = await this.locate(identity, entry);
    if (found === undefined) throw new McpFailure('CONNECTION_FAILED', { notExecuted: true });
    return found.server;
  }

  /** As in {@link EntryDeployments}: of the instances that answer the one with the fewest sessions. */
  async locate(identity: Identity, entry: CatalogEntry): Promise<EntryServer | undefined> {
    const deployment =
      isDeployed(entry) && identity.projectId !== undefined
        ? await this.#deps.store.findByEntry(identity, entry.key)
        : undefined;
    if (deployment === undefined || deployment.runtime === 'static') return staticOf(entry);
    // What is about to end takes nobody in.
    if (deployment.wanted !== 'running') return undefined;
    const instance = this.#choose(deployment) ?? (await this.#wake(deployment));
    if (instance === undefined) return undefined;
    this.#deps.pin(new URL(instance.url).origin);
    const { bearer } = this.#deps.secrets.open(deployment);
    return {
      place: instance.runtime,
      server: {
        ...{ url: instance.url, transport: 'streamable-http', isPinned: true },
        secretHeaders: { Authorization: `Bearer ${bearer}` },
      },
    };
  }

  #choose({ instances }: Deployment): Reachable | undefined {
    const reachable = instances.filter(isReachable);
    const running = reachable.filter(({ state }) => state === 'running');
    // Who could not be asked may serve all the same: an agent that is slow to answer, say. The connect will tell.
    const unknown = reachable.filter(({ state }) => state === 'unreachable');
    const candidates = running.length > 0 ? running : unknown;
    // One that nobody could ask at the last look may be gone.
    const load = (one: Reachable) => one.sessions + this.#countOf(one) + (one.missed > 0 ? 1e6 : 0);
    const [best] = candidates
      .map((one) => ({ one, load: load(one) }))
      .sort((a, b) => a.load - b.load);
    if (best === undefined) return undefined;
    this.#count(best.one);
    return best.one;
  }

  async #wake({ instances }: Deployment): Promise<Reachable | undefined> {
    const idle = instances.filter(isReachable).find(({ state }) => state === 'idle');
    const runtime = this.#deps.runtimes.find(idle?.runtime ?? '');
    if (idle === undefined || runtime === undefined) return undefined;
    const placement = { instanceId: idle.id, target: idle.target };
    const { clock } = this.#deps;
    const limit = startDeadline(clock, WAKE_MS);
    try {
      await runtime.wake(placement, limit.signal);
      let status = await runtime.status(placement, limit.signal);
      while (status.phase !== 'running') {
        await clock.sleep(WAKE_LOOK_MS, limit.signal);
        status = await runtime.status(placement, limit.signal);
      }
      return { ...idle, url: status.url ?? idle.url };
    } catch (error) {
      if (error instanceof RuntimeFailure || limit.signal.aborted) return undefined;
      throw error;
    } finally {
      limit.release();
    }
  }

  #countOf({ id, seenAt }: Reachable): number {
    const counted = this.#chosen.get(id);
    return counted?.seenAt === (seenAt?.getTime() ?? 0) ? counted.count : 0;
  }

  #count(instance: Reachable): void {
    const { id, seenAt } = instance;
    const count = this.#countOf(instance) + 1;
    this.#chosen.delete(id);
    this.#chosen.set(id, { seenAt: seenAt?.getTime() ?? 0, count });
    const [oldest] = this.#chosen.keys();
    if (this.#chosen.size > MAX_COUNTED && oldest !== undefined) this.#chosen.delete(oldest);
  }
}

function isReachable(instance: DeploymentInstance): instance is Reachable {
  return instance.url !== undefined;
}

function staticOf(entry: CatalogEntry): EntryServer | undefined {
  const server = serverOf(entry);
  return server === undefined ? undefined : { place: 'static', server };
}
