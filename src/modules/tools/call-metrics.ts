import { Counter, Histogram, type Registry } from 'prom-client';

/** Told how each call ended. */
export interface CallMetrics {
  /** @param outcome `ok`, `tool_error`, `protocol_error`, `input_required`, `cancelled`, or the code of an error */
  ended(outcome: string, durationMs: number): void;
}

/** Seconds; as long as a connector may allow. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Publishes the calls by outcome, and how long they took. No label names a user, a connector or a tool. */
export function createCallMetrics(registry: Registry): CallMetrics {
  const registers = [registry];
  const calls = new Counter({
    name: 'mcp_tool_calls_total',
    help: 'Tool calls by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'mcp_tool_call_duration_seconds',
    help: 'Duration of tool calls, connects included.',
    buckets: BUCKETS,
    registers,
  });
  return {
    ended: (outcome, durationMs) => {
      calls.inc({ outcome });
      duration.observe(durationMs / 1000);
    },
  };
}
