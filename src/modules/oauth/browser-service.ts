import type { Clock } from '../../lib/clock.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { OAuthProtocol } from '../../oauth/oauth-protocol.ts';
import type { AuthorizationRecord, SignInFlow } from './authorization.ts';
import { SIGN_IN_MS } from './authorization-service.ts';
import type { AuthorizationStore } from './authorization-store.ts';
import type { OAuthClients } from './oauth-clients.ts';
import {
  isKeyOf,
  keyHash,
  type NamePurpose,
  randomKey,
  type SignInName,
  type SignInSecrets,
} from './sign-in-secrets.ts';

/** Collaborators of the {@link BrowserService}. */
export interface BrowserServiceDeps {
  store: AuthorizationStore;
  secrets: SignInSecrets;
  protocol: Pick<OAuthProtocol, 'authorizationUrl' | 'readCallback'>;
  clients: Pick<OAuthClients, 'forget'>;
  clock: Pick<Clock, 'now'>;
}

/** The link or the answer belongs to no sign-in of this browser that is under way. What exactly is wrong is not told. */
export class SignInLinkInvalid extends Error {
  override readonly name = 'SignInLinkInvalid';
}

interface OpenSignIn {
  name: SignInName;
  record: AuthorizationRecord;
  flow: SignInFlow;
}

/** The part of a sign-in that a browser does, without a token: it leaves for the authorization server, and comes back. */
export class BrowserService {
  readonly #deps: BrowserServiceDeps;

  constructor(deps: BrowserServiceDeps) {
    this.#deps = deps;
  }

  /**
   * The first browser that opens the link has the sign-in; it may open it again.
   * @param browserKey what its cookie says; undefined where it has none
   * @returns where it goes now, and what its cookie is to say
   * @throws SignInLinkInvalid
   */
  async leave(
    ticket: string,
    browserKey: string | undefined,
  ): Promise<{ location: string; browserKey: string }> {
    const { store, secrets, protocol } = this.#deps;
    const { name, flow } = await this.#find(ticket, 'ticket');
    const key = browserKey ?? randomKey();
    const isBound = await store.bindBrowser(name.identity, name.id, keyHash(key));
    if (!isBound) throw new SignInLinkInvalid();
    const state = secrets.sealName(name, 'state');
    return { location: await protocol.authorizationUrl({ ...flow, state }), browserKey: key };
  }

  /**
   * Takes the answer of the authorization server, once, from the browser that left for it.
   * @returns the page of the frontend to go to, with a handle or with what went wrong
   * @throws SignInLinkInvalid
   */
  async comeBack(parameters: URLSearchParams, browserKey: string | undefined): Promise<string> {
    const { store, protocol, secrets, clock } = this.#deps;
    const { name, record, flow } = await this.#find(parameters.get('state') ?? '', 'state');
    if (browserKey === undefined || !isKeyOf(browserKey, record.browserHash)) {
      throw new SignInLinkInvalid();
    }
    const { identity, id } = name;
    try {
      const { code, iss } = protocol.readCallback(flow.server, flow.client, parameters);
      const answer = { code, ...(iss !== undefined && { iss }) };
      const handle = randomKey();
      const step = {
        status: 'returned',
        sealed: secrets.sealFlow(name, { ...flow, answer }),
        handleHash: keyHash(handle),
        expiresAt: new Date(clock.now().getTime() + SIGN_IN_MS),
      } as const;
      if (!(await store.advance(identity, id, 'pending', step))) throw new SignInLinkInvalid();
      return withParameters(flow.returnUrl, { authorization_id: id, handle });
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      return await this.#fail(name, flow, error);
    }
  }

  async #fail(
    { identity, id }: SignInName,
    { returnUrl, registration, server, redirectUri }: SignInFlow,
    { code }: OAuthFailure,
  ): Promise<string> {
    const { store, clients } = this.#deps;
    const step = { status: 'failed', sealed: null, errorCode: code } as const;
    if (!(await store.advance(identity, id, 'pending', step))) throw new SignInLinkInvalid();
    if (code === 'CLIENT_REFUSED' && registration === 'dynamic') {
      await clients.forget(identity, { issuer: server.issuer, redirectUri });
    }
    return withParameters(returnUrl, { authorization_id: id, error: code });
  }

  async #find(sealedName: string, purpose: NamePurpose): Promise<OpenSignIn> {
    const { store, secrets, clock } = this.#deps;
    const name = secrets.openName(sealedName, purpose);
    const record = name && (await store.find(name.identity, name.id));
    const isUnderWay =
      record?.status === 'pending' && record.expiresAt > clock.now() && record.sealed !== undefined;
    if (name === undefined || !isUnderWay || record.sealed === undefined) {
      throw new SignInLinkInvalid();
    }
    return { name, record, flow: secrets.openFlow(name, record.sealed) };
  }
}

function withParameters(returnUrl: string, parameters: Record<string, string>): string {
  const url = new URL(returnUrl);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
