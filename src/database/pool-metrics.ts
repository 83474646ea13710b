import { Gauge, type Registry } from 'prom-client';
import type { Database } from './database.ts';

/** Publishes how the connections of this process are used, counted when they are asked for. */
export function registerPoolMetrics(
  registry: Registry,
  database: Pick<Database, 'poolStatistics'>,
): void {
  const registers = [registry];
  const connections: Gauge = new Gauge({
    name: 'mcp_database_connections',
    help: 'Connections to the database: `app` ones are for requests, `worker` ones for background work.',
    labelNames: ['pool', 'state'],
    registers,
    collect: () => {
      for (const { pool, inUse, idle } of database.poolStatistics) {
        connections.set({ pool, state: 'in_use' }, inUse);
        connections.set({ pool, state: 'idle' }, idle);
      }
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'mcp_database_waiting',
    help: 'Transactions that wait for a connection to the database.',
    labelNames: ['pool'],
    registers,
    collect: () => {
      for (const one of database.poolStatistics) waiting.set({ pool: one.pool }, one.waiting);
    },
  });
}
