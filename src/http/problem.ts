import type { AppError, FieldProblem } from '../errors/app-error.ts';
import { ERROR_CATALOGUE } from '../errors/error-catalogue.ts';
import { ERROR_CODES, type ErrorCode, errorSlug } from '../errors/error-codes.ts';

/** The media type of every error (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** An error as it leaves the service (RFC 9457 section 3). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  instance: string;
  errors?: readonly FieldProblem[];
  [extension: string]: unknown;
}

/**
 * Builds {@link ProblemDocument}s whose `type` is a page below the service's public address (plugins/error-pages.ts), and
 * whose `detail` says what to do: the error's own, or the sentence of the catalogue.
 */
export type ProblemRenderer = (error: AppError, requestId: string) => ProblemDocument;

/**
 * @param publicUrl the address clients use, without a slash at its end. Where it is not known, `type` is a path,
 *   which RFC 9457 allows.
 */
export function createProblemRenderer(publicUrl: string | undefined): ProblemRenderer {
  const base = `${publicUrl ?? ''}/errors/`;
  return (error, requestId) => {
    const { detail, errors, extensions } = error.options;
    return {
      // First, so that no extension can replace a member of the standard.
      ...extensions,
      type: `${base}${errorSlug(error.code)}`,
      title: ERROR_CODES[error.code].title,
      status: error.status,
      code: error.code,
      detail: detail ?? ERROR_CATALOGUE[error.code].shown,
      instance: `urn:request:${requestId}`,
      ...(errors === undefined ? {} : { errors }),
    };
  };
}
