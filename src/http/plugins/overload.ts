import fastifyUnderPressure from '@fastify/under-pressure';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';
import { systemClock } from '../../lib/clock.ts';
import { SustainedPressure } from '../sustained-pressure.ts';

/** When {@link overload} turns requests away. */
export interface OverloadOptions {
  /** Milliseconds the event loop may lag, on average over a measurement, before requests are turned away. */
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
 * them time out. A slow event loop has to show in two measurements in a row.
 * A route leaves with `config: { pressureHandler: () => undefined }`.
 */
export const overload = fp<OverloadOptions>(
  async (app, { maxEventLoopDelayMs = 1000, maxHeapUsedBytes, sampleIntervalMs = 1000 }) => {
    const lag = new SustainedPressure({
      clock: systemClock,
      lastsMs: sampleIntervalMs * 1.5,
      overAfterMs: sampleIntervalMs * 2,
    });
    await app.register(fastifyUnderPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      ...(maxHeapUsedBytes === undefined ? {} : { maxHeapUsedBytes }),
      sampleInterval: sampleIntervalMs,
      pressureHandler: async (_request, _reply, type) => {
        if (type === fastifyUnderPressure.TYPE_EVENT_LOOP_DELAY && !lag.lasts()) return;
        throw new AppError('OVERLOADED', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      },
    });
  },
  { name: 'overload' },
);
