import { CATALOG_ERRORS } from './catalogue/catalog-errors.ts';
import { CONNECTOR_ERRORS } from './catalogue/connector-errors.ts';
import { DEPLOYMENT_ERRORS } from './catalogue/deployment-errors.ts';
import type { ErrorExplanation } from './catalogue/error-explanation.ts';
import { IDEMPOTENCY_ERRORS } from './catalogue/idempotency-errors.ts';
import { REQUEST_ERRORS } from './catalogue/request-errors.ts';
import { RUNTIME_ERRORS } from './catalogue/runtime-errors.ts';
import { SIGN_IN_ERRORS } from './catalogue/sign-in-errors.ts';
import { TOOL_CALL_ERRORS } from './catalogue/tool-call-errors.ts';
import { VERDICT_ERRORS } from './catalogue/verdict-errors.ts';
import { type ErrorCode, isErrorCode } from './error-codes.ts';

/** Every code with its cause, what the user sees, and what users and operators can do. The compiler keeps it complete. */
export const ERROR_CATALOGUE: Readonly<Record<ErrorCode, ErrorExplanation>> = {
  ...REQUEST_ERRORS,
  ...IDEMPOTENCY_ERRORS,
  ...CONNECTOR_ERRORS,
  ...CATALOG_ERRORS,
  ...DEPLOYMENT_ERRORS,
  ...RUNTIME_ERRORS,
  ...SIGN_IN_ERRORS,
  ...VERDICT_ERRORS,
  ...TOOL_CALL_ERRORS,
};

/** Codes that belong together. */
export interface ErrorTopic {
  readonly title: string;
  /** What has to be known about all of them. Names no other code. */
  readonly note?: string;
  readonly codes: readonly ErrorCode[];
}

/** All codes, in the order in which documentation shows them. */
export const ERROR_TOPICS: readonly ErrorTopic[] = [
  {
    title: 'The request',
    codes: codesOf(REQUEST_ERRORS),
  },
  {
    title: 'Idempotency keys',
    codes: codesOf(IDEMPOTENCY_ERRORS),
  },
  {
    title: 'Connectors and credentials',
    codes: codesOf(CONNECTOR_ERRORS),
  },
  {
    title: 'The catalog',
    codes: codesOf(CATALOG_ERRORS),
  },
  {
    title: 'Deployments',
    codes: codesOf(DEPLOYMENT_ERRORS),
  },
  {
    title: 'Managed servers',
    note: 'Why a server of the catalog does not run, as its deployment tells.',
    codes: codesOf(RUNTIME_ERRORS),
  },
  {
    title: 'Signing in to a server',
    codes: codesOf(SIGN_IN_ERRORS),
  },
  {
    title: 'Verdicts of a connection test',
    note: 'A test answers 200 and has its verdict in `error_code`. A create or a change whose test fails answers 422 with the verdict as its `code`, and saves nothing.',
    codes: codesOf(VERDICT_ERRORS),
  },
  {
    title: 'Tool calls',
    note: 'A failure that the tool or its server reports is an answer for the agent (200 with `is_error`), and none of these.',
    codes: codesOf(TOOL_CALL_ERRORS),
  },
];

function codesOf(explanations: Partial<Record<ErrorCode, ErrorExplanation>>): ErrorCode[] {
  return Object.keys(explanations).filter(isErrorCode);
}
