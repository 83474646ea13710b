/** One operation, done again and again. It is sent to the process that does it. */
export type Operation = HttpOperation | SdkOperation;

/** A request done with `undici.request`, its answer read to the end. */
export interface HttpOperation {
  kind: 'http';
  url: string;
  method: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: string;
  status: number;
  /** What an answer must hold; the first one of a run is looked at. */
  includes?: string;
}

/** A request done with the SDK's client. */
export interface SdkOperation {
  kind: 'sdk';
  url: string;
  transport: 'streamable-http' | 'sse';
  /** The tool to call; absent to list. */
  tool?: string;
  /** The tools a list must hold, or more. */
  tools?: number;
}

/** Do this at so many places at once, for so long. */
export interface LoadOrder {
  operation: Operation;
  callers: number;
  milliseconds: number;
}

/** What came of it. */
export interface LoadResult {
  /** Milliseconds of each operation. */
  durations: number[];
  seconds: number;
  /** CPU milliseconds of the process that did them. */
  cpuMs: number;
}

/** What the process answers. */
export type LoadReply = { result: LoadResult } | { error: string };
