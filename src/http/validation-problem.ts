import type { ErrorObject } from 'ajv';
import { AppError, type FieldProblem } from '../errors/app-error.ts';

/** More would not help a client, and a hostile body could make thousands. */
const MAX_PROBLEMS = 20;

/** What Fastify calls the parts of a request, as our pointers name them. */
const PARTS: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  query: 'query',
  params: 'params',
  headers: 'headers',
};

/**
 * The answer to a request that the contract refuses: each problem with a JSON pointer to the field it concerns,
 * also where the field is missing or unknown. Values are never repeated.
 * @param part the part of the request, in Fastify's words.
 */
export function validationProblem(
  errors: readonly Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message'>[],
  part: string | undefined,
): AppError {
  const problems = new Map<string, FieldProblem>();
  for (const error of errors) {
    if (problems.size === MAX_PROBLEMS) break;
    // A failed alternative is explained by the errors inside it.
    if (errors.length > 1 && (error.keyword === 'anyOf' || error.keyword === 'oneOf')) continue;
    const problem = {
      pointer: `/${PARTS[part ?? ''] ?? 'body'}${error.instancePath}${missingOrUnknown(error.params)}`,
      detail: sentence(error),
    };
    problems.set(`${problem.pointer} ${problem.detail}`, problem);
  }
  return new AppError('VALIDATION_FAILED', { errors: [...problems.values()] });
}

function missingOrUnknown(params: Readonly<Record<string, unknown>>): string {
  const name =
    params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  if (typeof name !== 'string') return '';
  // JSON pointer escaping (RFC 6901), and a bound: the name is the client's own text.
  return `/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function sentence(error: Pick<ErrorObject, 'keyword' | 'params' | 'message'>): string {
  switch (error.keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not a known field';
    case 'enum':
      return `must be one of ${list(error.params['allowedValues'])}`;
    case 'const':
      return `must be ${JSON.stringify(error.params['allowedValue'])}`;
    default:
      return error.message ?? 'does not match the contract';
  }
}

function list(values: unknown): string {
  return Array.isArray(values)
    ? values.map((value) => JSON.stringify(value)).join(', ')
    : 'the listed values';
}
