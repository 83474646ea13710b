import type { Clock } from '../../lib/clock.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import { SealError } from '../credentials/index.ts';
import type { ConnectorStore } from './connector-store.ts';
import { type ConnectorTargets, MAX_LEAD_MS } from './connector-targets.ts';
import type { AgedCredential, CredentialAgeStore } from './credential-age-store.ts';

/** Collaborators of the {@link TokenRenewalService}. */
export interface TokenRenewalServiceDeps {
  ages: Pick<CredentialAgeStore, 'listEnding'>;
  store: Pick<ConnectorStore, 'find'>;
  targets: Pick<ConnectorTargets, 'openCredentials'>;
  clock: Pick<Clock, 'now'>;
}

/** How many grants went which way. */
export interface RenewalCounts {
  renewed: number;
  /** Need a sign-in from now on. */
  refused: number;
  /** Not due yet, or their authorization server has trouble: looked at again the next time. */
  postponed: number;
}

const BATCH = 100;
const AT_ONCE = 8;
/** A token that ended longer ago is renewed on use only: its server may be gone for good. */
const LATEST_MS = 24 * 3_600_000;

/** Renews tokens before they end, whether or not anybody uses them: nobody waits for a renewal, and refresh tokens do not age. */
export class TokenRenewalService {
  readonly #deps: TokenRenewalServiceDeps;

  constructor(deps: TokenRenewalServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Looks at each grant whose tokens end soon, of all users, as a use of it would: the same moments, pauses and leases decide. Several replicas may do so at once.
   * @throws DatabaseUnavailable
   */
  async renewEnding(signal: AbortSignal): Promise<RenewalCounts> {
    const { ages, clock } = this.#deps;
    const now = clock.now().getTime();
    const between = { from: new Date(now - LATEST_MS), until: new Date(now + MAX_LEAD_MS) };
    const counts: RenewalCounts = { renewed: 0, refused: 0, postponed: 0 };
    let afterId: string | undefined;
    for (;;) {
      const batch = await ages.listEnding(between, { limit: BATCH, afterId });
      const waiting = [...batch];
      const work = async () => {
        for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
          counts[await this.#renew(next)] += 1;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      afterId = batch.at(-1)?.id;
      if (afterId === undefined || signal.aborted) return counts;
    }
  }

  async #renew({ identity, connectorId }: AgedCredential): Promise<keyof RenewalCounts> {
    const { store, targets } = this.#deps;
    const record = await store.find(identity, connectorId);
    if (record === undefined) return 'postponed';
    try {
      const { credentials } = await targets.openCredentials(identity, record);
      if (credentials?.kind !== 'oauth2') return 'postponed';
      const { expiresAt } = credentials.grant;
      return expiresAt === record.credential?.expiresAt?.getTime() ? 'postponed' : 'renewed';
    } catch (error) {
      if (error instanceof McpFailure) {
        return error.code === 'CONNECTION_FAILED' ? 'postponed' : 'refused';
      }
      // Its key is gone, which readiness tells.
      if (error instanceof SealError) return 'postponed';
      throw error;
    }
  }
}
