/**
 * What people need to know about one error code. Each text is one sentence or a few; names of settings, headers, fields
 * and commands stand between backticks.
 */
export interface ErrorExplanation {
  /**
   * Whether the same request may be sent again, unchanged, and may then succeed. A tool call is only safe to send again
   * with the `Idempotency-Key` it had.
   */
  readonly retryable: boolean;
  /** Why it happens, a case each. */
  readonly cause: readonly string[];
  /**
   * What the user sees: the `detail` of a problem, unless that very case has a more precise one, and the message of a
   * connection test. What happened, and what to do about it; without backticks, to be shown as it is.
   */
  readonly shown: string;
  /** What the user can do, or who writes the frontend or the agent; a step each. */
  readonly user: readonly string[];
  /** What an operator can do, a step each. */
  readonly operator: readonly string[];
}
