import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { tryParseJson } from '../lib/try-parse-json.ts';
import { LoggableCause } from './loggable-cause.ts';
import { RuntimeFailure, type RuntimeProblemCode } from './runtime.ts';

/** What of an answer may be told. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const StatusAnswer = Type.Object({
  reason: Type.Optional(Type.String()),
  details: Type.Optional(
    Type.Object({
      causes: Type.Optional(Type.Array(Type.Object({ field: Type.Optional(Type.String()) }))),
    }),
  ),
});

/**
 * The API server refused, or answered what is no answer of one. For the log: the status, its reason as one word, and which fields it is about.
 * Not its message, which quotes values, those of a Secret too.
 */
export class KubernetesRefusal extends LoggableCause {
  override readonly name = 'KubernetesRefusal';
  readonly status: number;

  constructor(status: number, body: unknown) {
    const answer = parse(body);
    const fields = (answer?.details?.causes ?? []).flatMap(({ field = '' }) =>
      /^[\w.[\]-]{1,100}$/.test(field) ? [field] : [],
    );
    const reason = /^\w{1,40}$/.test(answer?.reason ?? '') ? answer?.reason : undefined;
    super([String(status), reason, ...fields.slice(0, 5)].filter(Boolean).join(' '));
    this.status = status;
  }
}

/** Nobody, or something else than an API server, answered. */
export class KubernetesSilence extends LoggableCause {
  override readonly name = 'KubernetesSilence';
}

/** What the service is told of an answer with this status. */
export function failureOf(cause: unknown, namespace: string): RuntimeFailure {
  if (cause instanceof RuntimeFailure) return cause;
  return new RuntimeFailure({ code: codeOf(cause), target: namespace, cause });
}

function codeOf(cause: unknown): RuntimeProblemCode {
  if (!(cause instanceof KubernetesRefusal)) return 'RUNTIME_UNREACHABLE';
  const { status } = cause;
  // What another try may change is as good as no answer: too many requests, something that moved on, a server in trouble.
  const isPassing = status === 408 || status === 410 || status === 429 || status >= 500;
  return isPassing ? 'RUNTIME_UNREACHABLE' : 'RUNTIME_REFUSED';
}

function parse(body: unknown): Static<typeof StatusAnswer> | undefined {
  const answer = typeof body === 'string' ? tryParseJson(body) : body;
  return Value.Check(StatusAnswer, answer) ? answer : undefined;
}
