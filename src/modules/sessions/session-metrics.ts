import { Gauge, type Registry } from 'prom-client';
import type { CircuitBreakers } from './circuit-breakers.ts';
import type { SessionPool } from './session-pool.ts';

/** Publishes how many sessions and open breakers there are, counted when they are asked for. */
export function registerSessionMetrics(
  registry: Registry,
  { pool, breakers }: { pool: SessionPool; breakers: CircuitBreakers },
): void {
  const registers = [registry];
  const sessions: Gauge = new Gauge({
    name: 'mcp_sessions',
    help: 'Open sessions with MCP servers.',
    labelNames: ['state'],
    registers,
    collect: () => {
      const { sessions: open, inUse } = pool.statistics;
      sessions.set({ state: 'in_use' }, inUse);
      sessions.set({ state: 'idle' }, open - inUse);
    },
  });
  const open: Gauge = new Gauge({
    name: 'mcp_circuit_breakers_open',
    help: 'Connectors that are not called because they failed lately.',
    registers,
    collect: () => void open.set(breakers.openCount),
  });
}
