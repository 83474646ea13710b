import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import { Cancelled } from '../../lib/cancelled.ts';
import type { OperationFields, OperationLog } from '../../lib/operation-log.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import type { OfferingOutcome, OfferingRequest } from '../../mcp/client/server-offerings.ts';
import { isVisibleLine } from '../../mcp/client/untrusted-text.ts';
import type { Identity } from '../../tenancy/caller.ts';
import {
  type ConnectorOfferingStore,
  findAddress,
  type OfferingOwner,
} from '../connectors/index.ts';
import type { ServerRequestService } from '../sessions/index.ts';
import { callErrorOf, type SignInLink } from '../tools/index.ts';

/** What the server answered, and the slug of its connector. */
export interface OfferingAnswer {
  outcome: OfferingOutcome;
  slug: string;
}

/** Collaborators of the {@link OfferingRequestService}. */
export interface OfferingRequestServiceDeps {
  store: Pick<ConnectorOfferingStore, 'findPrompt' | 'findOwner'>;
  requests: Pick<ServerRequestService, 'run'>;
  log: OperationLog;
  signInUrl: SignInLink;
}

/** Names that prompts can have at all. */
const EXPOSED_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** UTF-16 units of a URI that is passed on: templates may be filled with more than is listed. */
const MAX_URI_LENGTH = 8_000;
/** Bytes of JSON that the parameters of a request may take, as of a tool's arguments. */
const MAX_PARAMETERS_BYTES = 256 * 1024;

/** What only these requests say of a failure. What they ask for changes nothing, so that they may be sent again. */
const DETAILS: Partial<Record<ErrorCode, string>> = {
  UPSTREAM_UNREACHABLE: 'The server could not be reached. Try again a little later.',
  UPSTREAM_TIMEOUT:
    'The server did not answer within the time its connector allows (call_timeout_seconds).',
  UPSTREAM_INVALID:
    'The server sent an answer that cannot be used, or more than the 10 MiB that are accepted.',
};

const OPERATIONS = {
  'prompts/get': 'prompt.get',
  'resources/read': 'resource.read',
  'completion/complete': 'completion.complete',
} as const satisfies Record<OfferingRequest['method'], string>;

/** Asks a user's servers for prompts, resources and completions. Each URI goes to the server of its connector, and is never fetched by us. */
export class OfferingRequestService {
  readonly #deps: OfferingRequestServiceDeps;

  constructor(deps: OfferingRequestServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Asks the server that the name or URI belongs to.
   * @param request with names and URIs as the endpoint gave them out
   * @returns undefined where the user has no such prompt, or no connector with the URI's slug
   * @throws AppError `CONNECTOR_DISABLED`, `CONNECTOR_NOT_FOUND` (deleted meanwhile), `PAYLOAD_TOO_LARGE`, `NEEDS_AUTH`,
   * `UPSTREAM_UNREACHABLE`, `UPSTREAM_INVALID`, `UPSTREAM_TIMEOUT`, `SESSION_LIMIT_REACHED`, `SESSIONS_EXHAUSTED`; Cancelled where the
   * caller's own signal ended it
   */
  ask(
    identity: Identity,
    request: OfferingRequest,
    options: { signal: AbortSignal },
  ): Promise<OfferingAnswer | undefined> {
    return this.#deps.log.run(OPERATIONS[request.method], identity, async (fields) => {
      const answer = await this.#ask(identity, request, { ...options, fields });
      if (answer === undefined) fields.outcome = 'not_found';
      else if (answer.outcome.kind === 'protocol-error') fields.outcome = 'protocol_error';
      return answer;
    });
  }

  async #ask(
    identity: Identity,
    request: OfferingRequest,
    { signal, fields }: { signal: AbortSignal; fields: OperationFields },
  ): Promise<OfferingAnswer | undefined> {
    assertFits(request);
    const found = await this.#findSubject(identity, request);
    if (found === undefined) return undefined;
    const { connectorId, slug } = found;
    fields.connector_id = connectorId;
    let isSent = false;
    const renew = async () => {
      const present = await this.#findSubject(identity, request);
      if (present === undefined) throw new Withdrawn();
      return present;
    };
    try {
      const outcome = await this.#deps.requests.run(
        identity,
        found,
        (connection, { asked }, bound) => {
          isSent = true;
          return connection.requestOffering(asked, { signal: bound });
        },
        { signal, renew },
      );
      return { outcome, slug };
    } catch (error) {
      if (error instanceof Withdrawn) return undefined;
      if (signal.aborted) throw new Cancelled({ cause: error });
      throw requestError(error, { connectorId, isSent }, this.#deps);
    }
  }

  /** @throws AppError `CONNECTOR_DISABLED` */
  async #findSubject(
    identity: Identity,
    request: OfferingRequest,
  ): Promise<(OfferingOwner & { asked: OfferingRequest }) | undefined> {
    const found = await this.#find(identity, request);
    if (found === undefined) return undefined;
    const { owner, asked } = found;
    const { connectorId, intent } = owner;
    if (intent === 'DISABLED') {
      throw new AppError('CONNECTOR_DISABLED', { extensions: { connector_id: connectorId } });
    }
    return { ...owner, asked };
  }

  async #find(
    identity: Identity,
    request: OfferingRequest,
  ): Promise<{ owner: OfferingOwner; asked: OfferingRequest } | undefined> {
    switch (request.method) {
      case 'prompts/get': {
        const { params } = request;
        const owner = await this.#findPrompt(identity, params.name);
        return owner && { owner, asked: { ...request, params: { ...params, name: owner.name } } };
      }
      case 'resources/read': {
        const found = await this.#findAddress(identity, request.params.uri);
        return found && { owner: found.owner, asked: { ...request, params: { uri: found.uri } } };
      }
      case 'completion/complete': {
        const found = await this.#findReference(identity, request.params.ref);
        if (found === undefined) return undefined;
        const { owner, ref } = found;
        return { owner, asked: { ...request, params: { ...request.params, ref } } };
      }
    }
  }

  async #findReference(
    identity: Identity,
    ref: CompletionReference,
  ): Promise<{ owner: OfferingOwner; ref: CompletionReference } | undefined> {
    if (ref.type === 'ref/prompt') {
      const owner = await this.#findPrompt(identity, ref.name);
      return owner && { owner, ref: { ...ref, name: owner.name } };
    }
    const found = await this.#findAddress(identity, ref.uri);
    return found && { owner: found.owner, ref: { ...ref, uri: found.uri } };
  }

  async #findPrompt(
    identity: Identity,
    name: string,
  ): Promise<(OfferingOwner & { name: string }) | undefined> {
    return EXPOSED_NAME.test(name) ? await this.#deps.store.findPrompt(identity, name) : undefined;
  }

  async #findAddress(
    identity: Identity,
    exposed: string,
  ): Promise<{ owner: OfferingOwner; uri: string } | undefined> {
    if (exposed.length > MAX_URI_LENGTH || !isVisibleLine(exposed)) return undefined;
    const address = findAddress(exposed);
    if (address === undefined) return undefined;
    const owner = await this.#deps.store.findOwner(identity, address.slug);
    return owner && { owner, uri: address.uri };
  }
}

/** What was asked for is not there any more: the connector has got another URL, whose server does not have it. */
class Withdrawn extends Error {}

type CompletionReference = Extract<
  OfferingRequest,
  { method: 'completion/complete' }
>['params']['ref'];

/** @throws AppError `PAYLOAD_TOO_LARGE` */
function assertFits({ params }: OfferingRequest): void {
  const bytes = Buffer.byteLength(JSON.stringify(params));
  if (bytes <= MAX_PARAMETERS_BYTES) return;
  throw new AppError('PAYLOAD_TOO_LARGE', {
    detail: `The parameters take ${bytes} bytes of JSON; at most ${MAX_PARAMETERS_BYTES} are accepted.`,
  });
}

/** Turns what ended a request into what its caller is told. */
function requestError(
  error: unknown,
  state: { connectorId: string; isSent: boolean },
  links: { signInUrl: SignInLink },
): unknown {
  const translated = callErrorOf(error, { ...state, limitSeconds: undefined }, links);
  if (!(error instanceof McpFailure) || !(translated instanceof AppError)) return translated;
  const { code, options } = translated;
  const detail = DETAILS[code];
  const { may_have_run: _none, ...extensions } = options.extensions ?? {};
  return new AppError(code, {
    ...options,
    extensions: {
      ...extensions,
      retryable: error.code === 'CONNECTION_FAILED' || error.code === 'TIMEOUT',
    },
    ...(detail !== undefined && { detail }),
  });
}
