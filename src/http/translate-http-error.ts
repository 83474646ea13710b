import type { FastifyError } from 'fastify';
import { AppError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import { validationProblem } from './validation-problem.ts';

/** What Fastify's own errors mean to a client. All of them are about the request. */
const BY_CODE: Readonly<Record<string, { code: ErrorCode; detail?: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'UNSUPPORTED_MEDIA_TYPE' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'PAYLOAD_TOO_LARGE' },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'MALFORMED_REQUEST',
    detail: 'The body is not valid JSON, or has a key named __proto__ or constructor.prototype.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'MALFORMED_REQUEST',
    detail: 'The body does not have the length the request announced. Send all of it.',
  },
  FST_ERR_BAD_URL: {
    code: 'MALFORMED_REQUEST',
    detail: 'The path of the URL is not properly percent-encoded. Encode each part of it.',
  },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'URI_TOO_LONG' },
};

/** The fallback for errors of Fastify and its plugins that carry only a status. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'MALFORMED_REQUEST',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  431: 'HEADERS_TOO_LARGE',
};

/**
 * Turns whatever was thrown while a request was handled into the error its client may see. Everything that is not
 * known to be about the request becomes `INTERNAL`, whose cause only the log sees.
 */
export function translateHttpError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!isFastifyError(error)) return new AppError('INTERNAL', { cause: error });
  if (error.validation !== undefined) {
    return validationProblem(error.validation, error.validationContext);
  }
  const known = BY_CODE[error.code];
  if (known !== undefined) {
    return new AppError(known.code, {
      cause: error,
      ...(known.detail === undefined ? {} : { detail: known.detail }),
    });
  }
  // Only errors of the framework: a foreign one (undici, Prisma) may carry the status of somebody else.
  const code = error.code.startsWith('FST_') ? BY_STATUS[error.statusCode ?? 500] : undefined;
  return new AppError(code ?? 'INTERNAL', { cause: error });
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
