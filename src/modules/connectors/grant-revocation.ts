import type { OperationLog } from '../../lib/operation-log.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { OAuthProtocol } from '../../oauth/oauth-protocol.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { SealError } from '../credentials/index.ts';
import type { ConnectorRecord } from './connector.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { MemberRecord } from './connector-store.ts';

/** Collaborators of the {@link GrantRevocation}. */
export interface GrantRevocationDeps {
  secrets: Pick<ConnectorSecrets, 'openCredentials'>;
  protocol: Pick<OAuthProtocol, 'revoke'>;
  log: OperationLog;
}

/** Grants that are revoked at a time. */
const AT_ONCE = 8;

/** Tells authorization servers that a grant is not needed any more. */
export class GrantRevocation {
  readonly #deps: GrantRevocationDeps;

  constructor(deps: GrantRevocationDeps) {
    this.#deps = deps;
  }

  /**
   * Revokes the grant of a connector that has just lost it: its refresh token, which takes the others along, or else its access token.
   * That a server cannot be told is no reason to keep the grant; the log has it.
   * @returns whether its server revoked it
   */
  async revoke(identity: Identity, record: ConnectorRecord): Promise<boolean> {
    const { secrets, protocol, log } = this.#deps;
    if (record.credential?.kind !== 'oauth2' || record.credential.state === 'refused') {
      return false;
    }
    return await log.run('connector.revoke_tokens', identity, async (fields) => {
      fields.connector_id = record.id;
      try {
        const credentials = secrets.openCredentials(identity, record);
        if (credentials?.kind !== 'oauth2') return false;
        const { server, client, refreshToken, accessToken } = credentials.grant;
        return await protocol.revoke(server, client, refreshToken ?? accessToken);
      } catch (error) {
        if (!(error instanceof OAuthFailure || error instanceof SealError)) throw error;
        fields.outcome = error.code;
        return false;
      }
    });
  }

  /**
   * Revokes the grants that members gave for a connector that is gone, a few at a time. They were given to one authorization server as a
   * rule: where it revokes none of some, the rest is not tried, so that one that is away does not keep its caller for long.
   * @returns how many were revoked
   */
  async revokeAll(grants: readonly MemberRecord[]): Promise<number> {
    let revoked = 0;
    for (let at = 0; at < grants.length; at += AT_ONCE) {
      const some = grants.slice(at, at + AT_ONCE);
      const answers = await Promise.all(
        some.map(({ identity, record }) => this.revoke(identity, record)),
      );
      const count = answers.filter(Boolean).length;
      if (count === 0) break;
      revoked += count;
    }
    return revoked;
  }
}
