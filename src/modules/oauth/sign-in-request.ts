import { AppError } from '../../errors/app-error.ts';
import { canParseUrl } from '../../lib/can-parse-url.ts';
import type { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { Connector } from '../connectors/index.ts';
import type { Authorization, SignInDraft, SignInSettings, SignInSubject } from './authorization.ts';
import type { TypedClient } from './oauth-clients.ts';

/** What a user wants to sign in to, and how. One of the first three is there. */
export interface SignInRequest {
  connectorId?: string | undefined;
  draft?: SignInDraft | undefined;
  /** A system tool, and the user's connector of it where there is one; undefined for all else. */
  systemTool?: { key: string; connector: Connector | undefined };
  /** The project that the draft is for; undefined for one of the user's own. */
  projectId?: string | undefined;
  client?: TypedClient | undefined;
  /** Where the browser is to go in the end; the first page of the settings where it is undefined. */
  returnUrl: string | undefined;
}

/** The connector that is signed in to; undefined where there will be one. */
export function connectorIdOf(subject: SignInSubject): string | undefined {
  return subject.kind === 'draft' ? undefined : subject.connectorId;
}

/** What a member is told who signs in where all enter something else. */
export const OTHER_KIND =
  'The members of the project give credentials of another kind for this connector. Enter them with PUT …/credentials.';

export function urlOf(subject: SignInSubject): string {
  return subject.kind === 'draft' ? subject.draft.serverUrl : subject.serverUrl;
}

export function originOf(subject: SignInSubject): string {
  const url = urlOf(subject);
  return canParseUrl(url) ? new URL(url).origin : '';
}

/** What is asked for besides what the server asks for first: all together, since what was granted before would be lost otherwise. */
export function scopesToAdd(credential: Connector['credential']): string[] {
  const { scopes = [], missingScopes = [] } = credential ?? {};
  return missingScopes.length === 0 ? [] : [...scopes, ...missingScopes];
}

/** @throws AppError `VALIDATION_FAILED` where it is none of the settings: browsers are sent nowhere else */
export function returnUrlOf({ returnUrl }: SignInRequest, { returnUrls }: SignInSettings): string {
  const [first] = returnUrls;
  const found = returnUrl === undefined ? first : returnUrls.find((url) => url === returnUrl);
  if (found !== undefined) return found;
  const detail = 'must be one of the addresses in OAUTH_RETURN_URLS';
  throw new AppError('VALIDATION_FAILED', { errors: [{ pointer: '/body/return_url', detail }] });
}

export function notPossible(reason: OAuthFailure['code'] | 'NOT_CONFIGURED', cause?: OAuthFailure) {
  return new AppError('SIGN_IN_NOT_POSSIBLE', { extensions: { reason }, cause });
}

export function signInFailed(failure: OAuthFailure): AppError {
  return new AppError('SIGN_IN_FAILED', { extensions: { reason: failure.code }, cause: failure });
}

export function unusable(status: Authorization['status']): AppError {
  return new AppError('AUTHORIZATION_UNUSABLE', { extensions: { status } });
}
