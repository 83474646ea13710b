import type { LoggerOptions } from 'pino';
import { REDACTED, redactFields, redactText, serializeError } from './log-redaction.ts';

/** The levels a log can be limited to. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/**
 * How the service logs: JSON lines with an ISO time and the level's name, without secrets.
 * Every field and message passes {@link redactFields}; errors pass {@link serializeError}.
 */
export function createLoggerOptions({ level }: { level: LogLevel }): LoggerOptions {
  return {
    level,
    base: { service: 'mcp-connectors' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label) => ({ level: label }),
      log: redactFields,
    },
    serializers: {
      err: (error: unknown) => serializeError(error),
      error: (error: unknown) => serializeError(error),
      // Fastify would log URLs with their query, and headers.
      req: () => REDACTED,
      res: () => REDACTED,
    },
    hooks: {
      logMethod(args, method) {
        const [first, ...rest] = args;
        // The second argument after fields is the message; everything else is put into it.
        const text: string[] = rest
          .filter((part: unknown) => part !== undefined)
          .map((part: unknown) => redactText(String(part)));
        if (typeof first === 'string') return method.call(this, redactText(first), ...text);
        // Without a message pino would log that of the error, as it is.
        if (text.length === 0 && hasError(first)) text.push('error');
        return method.call(this, first, ...text);
      },
    },
  };
}

function hasError(fields: unknown): boolean {
  if (fields instanceof Error) return true;
  return typeof fields === 'object' && fields !== null && 'err' in fields;
}
