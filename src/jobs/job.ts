/** Work that one of the replicas does from time to time. */
export interface Job {
  /** Stable, since it is stored and counted by: `delete-old-things`. */
  name: string;
  /** When it is due, as in a crontab, in UTC: at most once a minute. */
  schedule: string;
  /**
   * Does it. Two replicas may be at it at once (one that was killed is not waited for), so it must bear that, and must not take long between two looks
   * at `signal`, which aborts when the service stops: what is left is done when it is due again.
   * @returns what it did, for the log: numbers by name
   * @throws anything; it is tried again a few times, in growing pauses
   */
  run(signal: AbortSignal): Promise<Readonly<Record<string, number>>>;
}
