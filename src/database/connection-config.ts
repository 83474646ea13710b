import { Socket } from 'node:net';
import type pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';

/** What a kind of connection needs beyond its address. Times in milliseconds. */
export interface ConnectionNeeds {
  /** Shown in `pg_stat_activity`, after the product's name. */
  application: string;
  /** Largest number of connections. */
  max: number;
  /** Role to work as. Default: the login's own. */
  role?: string;
  /** An unused connection is closed after this; 0 keeps it. Default 10,000. */
  idleTimeoutMillis?: number;
  /** Longest wait for a connection, new or freed by others. Default 5,000. */
  connectionTimeoutMs?: number;
  /** Longest run of a statement, told to the server. Default: no limit. */
  statementTimeoutMs?: number;
  /** Longest pause inside a transaction, told to the server. Default: no limit. */
  idleInTransactionTimeoutMs?: number;
}

/** Added to the longest silence a healthy connection may show. */
const SILENCE_MARGIN_MS = 5_000;

/** Settings for a pool of connections to the database of a connection string. */
export function connectionConfig(url: string, needs: ConnectionNeeds): pg.PoolConfig {
  const { idleTimeoutMillis = 10_000, connectionTimeoutMs = 5_000, statementTimeoutMs } = needs;
  const config = parseIntoClientConfig(url);
  const settings = {
    // Prisma's adapter writes moments without a zone, and reads them without minding theirs: elsewhere the hours that clocks leave out
    // or repeat would be other ones.
    timezone: 'UTC',
    role: needs.role,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: needs.idleInTransactionTimeoutMs,
  };
  const options = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [`-c ${name}=${value}`],
  );
  return {
    ...config,
    application_name: `mcp-connectors ${needs.application}`,
    max: needs.max,
    idleTimeoutMillis,
    connectionTimeoutMillis: connectionTimeoutMs,
    // The pool listens while a connection is idle, its user during a transaction. Between them nobody would, and an
    // error nobody listens to ends the process; the next query on the connection reports it.
    onConnect: (client) => void client.on('error', () => {}),
    // The last word wins: an `options` of the connection string cannot take the role back.
    options: [config.options, ...options].filter(Boolean).join(' '),
    ...(statementTimeoutMs === undefined
      ? {}
      : { stream: () => impatientSocket(Math.max(idleTimeoutMillis, statementTimeoutMs)) }),
  };
}

/**
 * A socket that breaks when the server says nothing for longer than a statement may run and an unused
 * connection is kept: then the server or the way to it is gone, and TCP alone would notice a quarter of an hour later.
 */
function impatientSocket(longestSilenceMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(longestSilenceMs + SILENCE_MARGIN_MS, () => {
    socket.destroy(Object.assign(new Error('The database fell silent.'), { code: 'ETIMEDOUT' }));
  });
  return socket;
}
