import { Counter, Gauge, type Registry } from 'prom-client';
import type { ToolCache, ToolCacheDeps } from './tool-cache.ts';

/** Publishes how much the cache keeps, and how often it helps. No label names a user. */
export function registerToolCacheMetrics(
  registry: Registry,
  cache: () => Pick<ToolCache, 'statistics'>,
): NonNullable<ToolCacheDeps['onAsked']> {
  const registers = [registry];
  const users: Gauge = new Gauge({
    name: 'mcp_tool_cache_users',
    help: 'Users whose tools are kept in memory.',
    registers,
    collect: () => void users.set(cache().statistics.users),
  });
  const bytes: Gauge = new Gauge({
    name: 'mcp_tool_cache_bytes',
    help: 'Memory that the tools take, estimated.',
    registers,
    collect: () => void bytes.set(cache().statistics.bytes),
  });
  const questions = new Counter({
    name: 'mcp_tool_cache_requests_total',
    help: 'Questions to the cache: for all tools of a user, for a list made from them, or for one tool to call.',
    labelNames: ['what', 'outcome'],
    registers,
  });
  return (what, outcome) => questions.inc({ what, outcome });
}
