import type { OAuthFailureCode } from '../../oauth/oauth-failure.ts';
import type { OAuthClient, OAuthGrant, OAuthServer } from '../../oauth/oauth-grant.ts';
import type { ClientRegistration } from '../../oauth/sign-in-offer.ts';
import type { ConnectorDraft } from '../connectors/index.ts';

/**
 * How far a sign-in is: `pending` until the browser is back from the authorization server, `returned` until its user completes it,
 * `completing` while one request does so.
 */
export type AuthorizationStatus = 'pending' | 'returned' | 'completing' | 'completed' | 'failed';

/** A sign-in as stored. */
export interface AuthorizationRecord {
  id: string;
  status: AuthorizationStatus;
  /** The connector that is signed in to, or that was made by it. */
  connectorId: string | undefined;
  issuer: string;
  /** Why it failed. */
  errorCode: OAuthFailureCode | undefined;
  /** SHA-256 in hex of the key in the cookie of its browser; undefined until one opened it. */
  browserHash: string | undefined;
  /** SHA-256 in hex of the handle that the browser came back with. */
  handleHash: string | undefined;
  /** A {@link SignInFlow}; undefined once it has ended. */
  sealed: string | undefined;
  createdAt: Date;
  expiresAt: Date;
}

/** A server that is not saved yet. */
export type SignInDraft = Omit<ConnectorDraft, 'authType' | 'credentials'>;

/** What is signed in to. */
export type SignInSubject = {
  /** The project it belongs to, or is to belong to. */ projectId?: string;
} & (
  | {
      kind: 'connector';
      connectorId: string;
      serverUrl: string;
      /** Besides what the server asks for first; empty unless it has wanted more since the last sign-in. */
      moreScopes: string[];
    }
  | { kind: 'draft'; draft: SignInDraft }
  /** A system tool, which becomes a connector of the user by it, or stays one. */
  | {
      kind: 'system-tool';
      entryKey: string;
      serverUrl: string;
      isPinned: boolean;
      moreScopes: string[];
      /** Undefined where the user has none of it yet. */
      connectorId: string | undefined;
      /** The one authorization server that the operator allows for it; any where it is missing. */
      issuer?: string;
    }
);

/** What was typed in, and not offered by the operator. */
export type TypedSubject = Exclude<SignInSubject, { kind: 'system-tool' }>;

/** Everything secret about a sign-in. */
export interface SignInFlow {
  subject: SignInSubject;
  server: OAuthServer;
  client: OAuthClient;
  registration: ClientRegistration;
  resource: string;
  scopes: string[];
  codeVerifier: string;
  redirectUri: string;
  /** Where the browser goes in the end. */
  returnUrl: string;
  /** What the authorization server answered. */
  answer?: { code: string; iss?: string };
  /** What the code was exchanged for; kept so that a test that failed may be repeated. */
  grant?: OAuthGrant;
}

/** A sign-in as its user sees it. */
export interface Authorization
  extends Pick<
    AuthorizationRecord,
    'id' | 'connectorId' | 'issuer' | 'errorCode' | 'createdAt' | 'expiresAt'
  > {
  status: 'pending' | 'returned' | 'completed' | 'failed' | 'expired';
}

/** Where sign-ins happen; undefined members where the operator has not said. */
export interface SignInSettings {
  /** The service's own address, without a slash at its end. */
  publicUrl: string;
  /** Pages of frontends that browsers may be sent back to; the first one where a request names none. */
  returnUrls: readonly string[];
}

/** What is shown; time alone ends what is not completed. */
export function toAuthorization(record: AuthorizationRecord, now: Date): Authorization {
  const { id, connectorId, issuer, errorCode, createdAt, expiresAt } = record;
  return {
    id,
    connectorId,
    issuer,
    errorCode,
    createdAt,
    expiresAt,
    status: shownStatus(record, now),
  };
}

function shownStatus(
  { status, expiresAt }: AuthorizationRecord,
  now: Date,
): Authorization['status'] {
  if (status === 'completed' || status === 'failed') return status;
  if (expiresAt <= now) return 'expired';
  return status === 'pending' ? 'pending' : 'returned';
}
