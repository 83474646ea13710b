/** A replica of the service that runs servers as processes. */
export interface ProcessHost {
  /** A UUID. */
  id: string;
  /** Where other replicas reach it, without a slash at its end. */
  origin: string;
  /** What it takes their requests with. */
  secret: string;
  /** Servers that it has. */
  servers: number;
  /** Takes another one. */
  hasRoom: boolean;
}

/** Which replicas are there to run servers. One that did not announce itself for {@link HOST_LEASE_MS} is not, and has ended its servers. */
export interface ProcessHosts {
  /** Says that it is there, from now on for the length of the lease. @throws DatabaseUnavailable */
  announce(host: ProcessHost): Promise<void>;
  /** Says that it is gone. @throws DatabaseUnavailable */
  withdraw(id: string): Promise<void>;
  /** Those that are there. @throws DatabaseUnavailable */
  alive(): Promise<readonly ProcessHost[]>;
}

/** Milliseconds that an announcement counts, by the clock of whoever keeps them. */
export const HOST_LEASE_MS = 30_000;
