import type { EventStream } from '../../http/event-stream.ts';
import type { EventSink } from './event.ts';
import { toEventData } from './event-mapper.ts';

/** Milliseconds before clients come back after the service stopped: not all at the same moment. */
const RETRY_MS = { least: 1_000, most: 5_000 };

/** Writes events on the answer of a request. */
export function toSink(stream: EventStream): EventSink {
  return {
    begin: (position, isReset) => stream.send(isReset ? 'reset' : 'ready', {}, String(position)),
    send: (event) => stream.send('change', toEventData(event), String(event.position)),
    get isFull() {
      return stream.isFull;
    },
    whenTaken: () => stream.whenTaken(),
    end: (reason) => {
      if (reason === 'slow') {
        stream.breakOff();
        return;
      }
      const { least, most } = RETRY_MS;
      if (reason === 'stopping') {
        stream.sendRetry(Math.round(least + Math.random() * (most - least)));
      }
      stream.send('end', { reason });
      stream.end();
    },
  };
}
