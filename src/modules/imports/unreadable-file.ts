import { AppError } from '../../errors/app-error.ts';
import type { Place } from './config-value.ts';

/** Sentences for people; what the file says is never quoted, as it may be a secret. */
const SENTENCES = {
  NOT_TEXT:
    'This is not text in UTF-8. Save the file with the encoding UTF-8, then choose it again',
  EMPTY: 'The file is empty',
  SYMBOL_INVALID: 'There is a word or a character that does not belong there',
  NUMBER_INVALID: 'A number is not complete',
  NAME_EXPECTED: 'A name in quotation marks is missing',
  VALUE_EXPECTED: 'A value is missing',
  COLON_EXPECTED: 'A colon is missing',
  COMMA_EXPECTED: 'A comma is missing',
  CLOSING_EXPECTED: 'A closing bracket is missing; the file may have been cut off',
  END_EXPECTED: 'There is something after the end',
  COMMENT_UNENDED: 'A comment does not end',
  TEXT_UNENDED: 'A text in quotation marks does not end',
  ESCAPE_INVALID: 'A text has an escape that does not exist',
  CHARACTER_INVALID: 'A text has a control character in it',
  TOML_INVALID: 'This is neither JSON nor valid TOML',
  TOO_DEEP: 'The file is nested too deeply',
  TOO_MANY_VALUES: 'The file is too large. Take only the part with the MCP servers',
  TOO_MANY_SERVERS: 'There are more than 100 servers in the file. Import it in parts',
  GIVEN_TWICE: 'The part with the servers is there twice',
  NO_SERVERS: 'There are no MCP servers in this file',
} as const;

/** Why a file cannot be read. */
export type UnreadableReason = keyof typeof SENTENCES;

/** The error for a file that cannot be read; `reason`, `line` and `column` are members of the problem. */
export function unreadableFile(reason: UnreadableReason, place?: Place): AppError {
  const where = place === undefined ? '' : `, in line ${place.line}, column ${place.column}`;
  return new AppError('IMPORT_UNREADABLE', {
    detail: `${SENTENCES[reason]}${where}.`,
    extensions: { reason, ...place },
    hadNoEffect: true,
  });
}
