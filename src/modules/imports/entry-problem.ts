/** What is wrong with an entry by itself, or with the choice of it. */
export type EntryFault =
  | 'NO_ADDRESS'
  | 'UNSUPPORTED_TRANSPORT'
  | 'GIVEN_TWICE'
  | 'WRONG_TYPE'
  | 'HEADER_NOT_ALLOWED'
  | 'NAME_TOO_LONG'
  | 'TOO_MANY_SECRETS'
  | 'NOT_IN_FILE'
  | 'CHOSEN_TWICE';

/** An entry that is wrong by itself. */
export class EntryProblem extends Error {
  override readonly name = 'EntryProblem';
  readonly code: EntryFault;

  constructor(code: EntryFault) {
    super(code);
    this.code = code;
  }
}
