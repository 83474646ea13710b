import type { FastifyRequest } from 'fastify';
import { route } from '../../contract/contract-routes.ts';
import { operations, type ToolCall as ToolCallBody } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import {
  EVENT_STREAM_MEDIA_TYPE,
  EventStream,
  prefersEventStream,
} from '../../http/event-stream.ts';
import { hangUpSignal } from '../../http/hang-up.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { reportError } from '../../http/plugins/problem-details.ts';
import type { ProblemRenderer } from '../../http/problem.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { identityFor } from '../../tenancy/identity-for.ts';
import {
  type IdempotencyReply,
  type IdempotencyService,
  type IdempotentWork,
  idempotentReply,
  runIdempotently,
} from '../idempotency/index.ts';
import type { ToolCallOptions, ToolCallService } from './tool-call-service.ts';
import { toToolCallResource } from './tool-mapper.ts';

/** Services behind the call route. */
export interface ToolCallRoutesOptions {
  toolCallService: Pick<ToolCallService, 'call'>;
  idempotencyService: IdempotencyService;
  renderProblem: ProblemRenderer;
  clock: Pick<Clock, 'sleep'>;
}

type OnProgress = NonNullable<ToolCallOptions['onProgress']>;

/** Registers `callUserTool`. */
export function toolCallRoutes(app: ContractApp, options: ToolCallRoutesOptions): void {
  const { toolCallService, idempotencyService } = options;

  route(app, operations.callUserTool, async (request, reply) => {
    const subject = { userId: request.params.user_id, projectId: request.body.project_id };
    const identity = identityFor(getCaller(request), subject);
    // Whoever gives a key will come back for the answer.
    const isAwaited = request.headers['idempotency-key'] === undefined;
    const signal = isAwaited ? hangUpSignal(reply) : undefined;
    const workWith = (onProgress?: OnProgress): IdempotentWork => ({
      operation: 'callUserTool',
      repeatable: false,
      work: async () => {
        const call = toCall(request.body);
        const result = await toolCallService.call(identity, call, { signal, onProgress });
        return { status: 200, headers: {}, body: toToolCallResource(result) };
      },
    });
    if (prefersEventStream(request.headers.accept)) {
      await streamCall(options, { identity, request, reply, workWith });
    } else {
      await idempotentReply(idempotencyService, identity, request, reply, workWith());
    }
    return reply;
  });
}

function toCall({ name, arguments: args = {}, definition_hash: definitionHash }: ToolCallBody) {
  return { name, arguments: args, definitionHash };
}

/** A call whose progress is told. */
interface StreamedCall {
  identity: Identity;
  request: FastifyRequest;
  reply: IdempotencyReply;
  workWith: (onProgress: OnProgress) => IdempotentWork;
}

/** Answers with events; from here on also an error is one. */
async function streamCall(
  { idempotencyService, renderProblem, clock }: ToolCallRoutesOptions,
  { identity, request, reply, workWith }: StreamedCall,
): Promise<void> {
  const stream = new EventStream({ clock });
  reply.code(200);
  reply.headers({
    'content-type': EVENT_STREAM_MEDIA_TYPE,
    'cache-control': 'no-store',
    // Some proxies would collect the events.
    'x-accel-buffering': 'no',
  });
  reply.send(stream.body);
  const work = workWith((progress) => stream.trySend('progress', toProgress(progress)));
  try {
    const answer = await runIdempotently(idempotencyService, identity, request, work);
    stream.send('result', answer.reply.body);
  } catch (thrown) {
    stream.send('error', renderProblem(reportError(thrown, request), request.id));
  } finally {
    stream.end();
  }
}

function toProgress({ progress, total, message }: Parameters<OnProgress>[0]) {
  return { progress, total: total ?? null, message: message ?? null };
}
