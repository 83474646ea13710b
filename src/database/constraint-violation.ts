/** Which kind of rule was broken. */
export type ConstraintKind = 'unique' | 'foreign-key' | 'check' | 'not-null' | 'exclusion';

/** A statement broke a rule of the database. Its message is PostgreSQL's, which names the rule but no values. */
export class ConstraintViolation extends Error {
  override readonly name = 'ConstraintViolation';
  readonly kind: ConstraintKind;
  /** Name of the constraint or unique index, known for `unique` and `foreign-key`. */
  readonly constraint: string | undefined;

  constructor({ kind, constraint, message }: ConstraintViolationOptions) {
    super(message);
    this.kind = kind;
    this.constraint = constraint;
  }
}

/** What a {@link ConstraintViolation} says. */
export interface ConstraintViolationOptions {
  kind: ConstraintKind;
  constraint: string | undefined;
  message: string;
}
