/** How patient a host is with its servers. All in ms but for the count. */
export interface HostPatience {
  /** Until it has to answer. */
  readyTimeoutMs: number;
  /** Between being asked to end and being ended. */
  stopGraceMs: number;
  /** Whoever ends sooner than this after its start has ended quickly. */
  quickExitMs: number;
  /** So many quick ends in a row, and it is not started any more. */
  maxQuickExits: number;
  /** Before it is started again; doubled each time … */
  firstPauseMs: number;
  /** … up to this. */
  maxPauseMs: number;
  /** Between looks at memory and credential files. */
  watchPauseMs: number;
}

export const DEFAULT_PATIENCE: HostPatience = {
  readyTimeoutMs: 60_000,
  stopGraceMs: 5_000,
  quickExitMs: 60_000,
  maxQuickExits: 5,
  firstPauseMs: 1_000,
  maxPauseMs: 60_000,
  watchPauseMs: 2_000,
};
