import type { AppError } from '../../errors/app-error.ts';
import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import type { EntryFault } from './entry-problem.ts';
import type { EntrySecret } from './entry-secrets.ts';
import type { EntryOutcome, ImportVerdict } from './import-report.ts';

/** Why an entry is not imported, where no error of a create says it. */
export type EntryReason = EntryFault | 'NAMES_COMMAND' | 'HEADERS_FROM_COMMAND' | 'VALUE_UNUSABLE';

const MESSAGES: Readonly<Record<EntryReason, string>> = {
  NAMES_COMMAND:
    'This server is a program that has to be started on a computer. Only servers with a web address can be imported.',
  HEADERS_FROM_COMMAND:
    'The headers of this server come from a program, which is not run here. Add the server by hand, with the headers that it needs.',
  NO_ADDRESS: 'The entry has neither an address nor a command. Add its address in the file.',
  UNSUPPORTED_TRANSPORT:
    'This server is spoken to in a way that is not supported here. Ask its makers for an address with streamable HTTP.',
  GIVEN_TWICE:
    'A name stands twice in this entry, or the entry itself does. Remove one of the two.',
  WRONG_TYPE:
    'Something in this entry is not what it has to be, as a number in the place of a text.',
  NAME_TOO_LONG: 'The name of this entry is longer than 200 characters. Shorten it in the file.',
  TOO_MANY_SECRETS:
    'This entry has more than 40 variables and secrets. Reduce them in the file, or add the server by hand.',
  NOT_IN_FILE: 'There is no such entry in this file. Look at the file again, and choose anew.',
  CHOSEN_TWICE: 'This entry was chosen twice. It is enough to choose it once.',
  HEADER_NOT_ALLOWED: 'The entry sets a header that must not be set. Remove it in the file.',
  VALUE_UNUSABLE:
    'The address or a header is too long, is there twice, or has characters that cannot be sent. Look at the values once more.',
};

/** An entry that is not imported as it stands in the file. */
export function refused(code: EntryReason): EntryOutcome {
  return { verdict: 'refused', code, message: MESSAGES[code] };
}

/** An entry that names a program. */
export function needsRuntime(
  code: 'NAMES_COMMAND' | 'HEADERS_FROM_COMMAND',
  hasRemote: boolean,
): EntryOutcome {
  const message = hasRemote
    ? 'This program only leads to a server with a web address. You can import that server itself.'
    : MESSAGES[code];
  return { verdict: 'needs_runtime', code, message };
}

/** An entry that lacks values, or somebody's consent to use those of the file. */
export function needsSecret(missing: readonly EntrySecret[]): EntryOutcome {
  const namesOf = (isOfFile: boolean) => [
    ...new Set(
      missing.filter(({ source }) => (source === 'file') === isOfFile).map(({ name }) => name),
    ),
  ];
  const named = namesOf(false);
  const written = namesOf(true);
  const sentences = [
    ...(named.length > 0 ? [`Enter what the file only names: ${named.join(', ')}.`] : []),
    ...(written.length > 0
      ? [`Agree to use what stands in the file, or enter it anew: ${written.join(', ')}.`]
      : []),
  ];
  return { verdict: 'needs_secret', message: sentences.join(' ') };
}

const VERDICTS: Partial<Record<ErrorCode, ImportVerdict>> = {
  AUTH_REQUIRED: 'needs_sign_in',
  TEST_LIMIT_REACHED: 'postponed',
  CONNECTOR_NAME_TAKEN: 'refused',
  CONNECTOR_LIMIT_REACHED: 'refused',
  INVALID_URL: 'refused',
  BLOCKED_URL: 'refused',
  CONNECTION_FAILED: 'failed',
  TIMEOUT: 'failed',
  AUTH_FAILED: 'failed',
  INVALID_MCP_SERVER: 'failed',
  PROTOCOL_MISMATCH: 'failed',
  RESPONSE_TOO_LARGE: 'failed',
};

/** What an error of a create means for its entry; undefined where it is about more than this entry. */
export function outcomeOfError({ code, options }: AppError): EntryOutcome | undefined {
  const verdict = VERDICTS[code];
  if (verdict === undefined) return undefined;
  const { detail, retryAfterSeconds } = options;
  return {
    verdict,
    code,
    message: detail ?? ERROR_CATALOGUE[code].shown,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** As {@link outcomeOfError}, of an address that the guard refuses before anything is sent. */
export function refusedAddress(code: 'INVALID_URL' | 'BLOCKED_URL'): EntryOutcome {
  return { verdict: 'refused', code, message: ERROR_CATALOGUE[code].shown };
}
