import { OwnError } from '../outbound/own-error.ts';

/** What can go wrong between us and an authorization server. */
export const OAUTH_FAILURE_CODES = [
  /** The server offers no sign-in that can be discovered. */
  'NO_AUTHORIZATION',
  /** No answer, or one that says "not now": worth another try. */
  'UNREACHABLE',
  /** A URL on the way leads to where the service may not go. */
  'BLOCKED',
  /** A metadata document is not what its specification asks for. */
  'METADATA_INVALID',
  /** The metadata is that of another issuer than the one it was asked for, or the answer came from another one. */
  'ISSUER_MISMATCH',
  /** The metadata speaks of another resource than the server. */
  'RESOURCE_MISMATCH',
  /** The server does not announce PKCE with S256. */
  'PKCE_UNSUPPORTED',
  /** The server knows only clients that somebody registered with it before. */
  'CLIENT_REQUIRED',
  /** It did not register us. */
  'REGISTRATION_REFUSED',
  /** It does not know our client, or not the secret. */
  'CLIENT_REFUSED',
  /** The user, or the server for them, declined. */
  'ACCESS_DENIED',
  /** The code or the refresh token is not valid any more (`invalid_grant`). */
  'GRANT_REFUSED',
  /** Any other error of OAuth. */
  'REQUEST_REFUSED',
  /** The answer is not one of OAuth. */
  'ANSWER_INVALID',
] as const;

/** One of {@link OAUTH_FAILURE_CODES}. */
export type OAuthFailureCode = (typeof OAUTH_FAILURE_CODES)[number];

/** A failed exchange with an authorization server. Holds no text of it. */
export class OAuthFailure extends OwnError {
  override readonly name = 'OAuthFailure';
  readonly code: OAuthFailureCode;

  constructor(code: OAuthFailureCode, options: { cause?: unknown } = {}) {
    super(code, options);
    this.code = code;
  }

  /** May the same request succeed a moment later? */
  get isTemporary(): boolean {
    return this.code === 'UNREACHABLE' || this.code === 'ANSWER_INVALID';
  }
}
