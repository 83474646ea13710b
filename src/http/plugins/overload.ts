import fastifyUnderPressure from '@fastify/under-pressure';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';

export interface OverloadOptions {
  /** Milliseconds the event loop may lag, on average over a second, before requests are turned away. */
  maxEventLoopDelayMs?: number;
  /** Bytes of the JavaScript heap; no limit where it is absent. */
  maxHeapUsedBytes?: number;
  /** Milliseconds between measurements. */
  sampleIntervalMs?: number;
}

/** Seconds after which a client should try again. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Answers `OVERLOADED` at once while the process cannot keep up, instead of letting requests pile up until all of
 * them time out. A route leaves with `config: { pressureHandler: () => undefined }`.
 */
export const overload = fp<OverloadOptions>(
  async (app, { maxEventLoopDelayMs = 1000, maxHeapUsedBytes, sampleIntervalMs = 1000 }) => {
    await app.register(fastifyUnderPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      ...(maxHeapUsedBytes === undefined ? {} : { maxHeapUsedBytes }),
      sampleInterval: sampleIntervalMs,
      pressureHandler: async () => {
        throw new AppError('OVERLOADED', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      },
    });
  },
  { name: 'overload' },
);
