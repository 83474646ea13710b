import { unusable } from './answer-reader.ts';
import { isJsonObject, type JsonRpcAnswer, MISSING_CLIENT_CAPABILITY } from './json-rpc.ts';
import type { JsonObject } from './mcp-client.ts';
import { isDeeperThan, MAX_NESTING } from './nesting.ts';
import type { OfferingOutcome, OfferingRequest } from './server-offerings.ts';
import { cleanText } from './untrusted-text.ts';

/** UTF-16 units of an upstream error message that are passed on. */
const MESSAGE_LENGTH = 2_000;
/** Values of one completion (MCP: at most 100). */
const MAX_VALUES = 100;

/**
 * Reads what a server answered to a request for something it offers.
 * @throws McpFailure INVALID_MCP_SERVER for a result that is none
 */
export function offeringOutcome(
  method: OfferingRequest['method'],
  answer: JsonRpcAnswer,
): OfferingOutcome {
  if ('error' in answer) {
    const { code, message } = answer.error;
    return { kind: 'protocol-error', code, message: cleanText(message, MESSAGE_LENGTH) };
  }
  const { result } = answer;
  const { resultType } = result;
  if (resultType === 'input_required') {
    return {
      kind: 'protocol-error',
      code: MISSING_CLIENT_CAPABILITY,
      message: 'The server asks its user for input, which is not supported here.',
    };
  }
  if (resultType !== undefined && resultType !== 'complete') {
    throw unusable('The result is of an unknown kind.');
  }
  return { kind: 'result', result: READ[method](result) };
}

const READ: Record<OfferingRequest['method'], (result: JsonObject) => JsonObject> = {
  'prompts/get': ({ description, messages }) => ({
    ...(typeof description === 'string' && { description }),
    messages: objectsOf(messages, 'messages'),
  }),
  'resources/read': ({ contents }) => ({ contents: objectsOf(contents, 'contents') }),
  'completion/complete': ({ completion }) => ({ completion: readCompletion(completion) }),
};

function objectsOf(value: unknown, what: string): JsonObject[] {
  if (!Array.isArray(value) || !value.every(isJsonObject)) {
    throw unusable(`The ${what} are no list of objects.`);
  }
  if (isDeeperThan(value, MAX_NESTING)) throw unusable('The result is nested too deeply.');
  return value;
}

function readCompletion(value: unknown): JsonObject {
  const { values, total, hasMore } = isJsonObject(value) ? value : {};
  if (!Array.isArray(values) || !values.every((one) => typeof one === 'string')) {
    throw unusable('The completion has no values.');
  }
  return {
    values: values.slice(0, MAX_VALUES),
    ...(Number.isSafeInteger(total) && { total }),
    ...(typeof hasMore === 'boolean' && { hasMore }),
  };
}
