import type { Clock } from '../../lib/clock.ts';
import { type CredentialVault, SealError, type SealedBox } from '../credentials/index.ts';
import type { Resealed, ResealRow, ResealStore, StaleDeployment } from './reseal-store.ts';
import { canonicalUrl } from './server-url.ts';

/** How far a re-seal came. */
export interface ResealProgress {
  /** Connectors that had a text of another key when it began. */
  total: number;
  /** Connectors whose texts are sealed with the active key now. */
  resealed: number;
  /** Connectors that changed meanwhile; their new texts are sealed with the active key already. */
  skipped: number;
  /** Ids of connectors and deployments whose texts do not open; left as they are. */
  failed: string[];
  /** Deployments whose settings are sealed with the active key now. */
  deployments: number;
  /** Registrations with authorization servers that were deleted at the end, to be made anew. */
  registrations: number;
}

const BATCH = 100;

/** Moves stored secrets to the active key, and tells which keys are still needed. */
export class ResealService {
  readonly #store: ResealStore;
  readonly #vault: CredentialVault;
  readonly #box: Pick<SealedBox, 'activeKeyId' | 'keyIds'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(deps: {
    store: ResealStore;
    vault: CredentialVault;
    box: Pick<SealedBox, 'activeKeyId' | 'keyIds'>;
    clock: Pick<Clock, 'now'>;
  }) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#box = deps.box;
    this.#clock = deps.clock;
  }

  /** Ids of keys that stored secrets need and the keyring lacks. */
  async findMissingKeyIds(): Promise<string[]> {
    const known = new Set(this.#box.keyIds);
    const inUse = await this.#store.listKeyIdsInUse(this.#clock.now());
    return inUse.filter((id) => !known.has(id));
  }

  /**
   * Seals every text of another key anew. It may be stopped at any point and run again: what is done is not done twice,
   * and no row is ever without a text that opens.
   * @param onProgress called after each batch.
   */
  async reseal(onProgress: (progress: ResealProgress) => void): Promise<ResealProgress> {
    const store = this.#store;
    const { activeKeyId } = this.#box;
    const total = await store.countStale(activeKeyId);
    const progress: ResealProgress = {
      total,
      resealed: 0,
      skipped: 0,
      failed: [],
      deployments: 0,
      registrations: 0,
    };
    let afterId: string | undefined;
    for (;;) {
      const rows = await store.listStale(activeKeyId, { limit: BATCH, afterId });
      for (const row of rows) await this.#resealRow(row, progress);
      afterId = rows.at(-1)?.connectorId;
      if (afterId === undefined) break;
      onProgress(progress);
    }
    await this.#resealDeployments(progress);
    progress.registrations = await store.dropStaleRegistrations(activeKeyId);
    return progress;
  }

  async #resealDeployments(progress: ResealProgress): Promise<void> {
    const { activeKeyId } = this.#box;
    let page: StaleDeployment[];
    let afterId: string | undefined;
    do {
      page = await this.#store.listStaleDeployments(activeKeyId, { limit: BATCH, afterId });
      for (const deployment of page) await this.#resealDeployment(deployment, progress);
      afterId = page.at(-1)?.id;
    } while (page.length > 0);
  }

  async #resealDeployment(
    { identity, id, sealed }: StaleDeployment,
    progress: ResealProgress,
  ): Promise<void> {
    const row = { identity, rowId: id };
    try {
      const after = this.#vault.sealDeployment(this.#vault.openDeployment(sealed, row), row);
      if (await this.#store.replaceDeployment(id, sealed, after)) progress.deployments += 1;
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      progress.failed.push(id);
    }
  }

  async #resealRow(row: ResealRow, progress: ResealProgress): Promise<void> {
    try {
      if (await this.#store.replace(this.#sealAnew(row))) progress.resealed += 1;
      else progress.skipped += 1;
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      progress.failed.push(row.connectorId);
    }
  }

  #sealAnew({ identity, connectorId, serverUrlSealed, credentials }: ResealRow): Resealed {
    const urlRow = { identity, rowId: connectorId };
    const url = this.#vault.openUrl(serverUrlSealed, urlRow);
    const resealedUrl = { before: serverUrlSealed, after: this.#vault.sealUrl(url, urlRow) };
    const canonical = canonicalUrl(url);
    const resealed = credentials.map(({ id, sealed: before, memberId }) => {
      const isPersonal = memberId !== '';
      const holder = isPersonal ? { ...identity, userId: memberId } : identity;
      const row = { identity: holder, rowId: id, isPersonal };
      const secret = this.#vault.openCredentials(before, row, canonical);
      return { id, before, after: this.#vault.sealCredentials(secret, row, canonical) };
    });
    return { connectorId, url: resealedUrl, credentials: resealed };
  }
}
