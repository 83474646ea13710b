import { causeCodes } from '../lib/cause-codes.ts';

/** Why a runtime failed, in words of our own: the message quotes nothing that somebody else wrote, so it may be logged. */
export class LoggableCause extends Error {
  override readonly name: string = 'LoggableCause';
}

/**
 * What of a problem's cause may be logged: our own words, and the codes of whatever is behind them. Text of servers, agents and clusters is
 * left out, since it may quote secrets.
 * @returns undefined where nothing is known that may
 */
export function loggableCause(cause: unknown): string | undefined {
  if (!(cause instanceof LoggableCause)) return causeCodes(cause);
  return [cause.message, causeCodes(cause.cause)].filter(Boolean).join(' ');
}
