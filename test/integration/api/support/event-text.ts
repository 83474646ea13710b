import type { Problem, ToolCallResult } from '../../../../src/contract/generated.ts';
import { EventStreamParser } from '../../../../src/mcp/client/event-stream.ts';

/** The events of a streamed call. */
export type CallEvent =
  | { type: 'progress'; data: { progress: number; total: number | null; message: string | null } }
  | { type: 'result'; data: ToolCallResult }
  | { type: 'error'; data: Problem };

/** Reads the text of a whole `text/event-stream`. */
export function readEvents(text: string): CallEvent[] {
  return new EventStreamParser()
    .push(new TextEncoder().encode(text))
    .map(({ type, data }) => ({ type, data: JSON.parse(data) }) as CallEvent);
}

/** The one event that ends a streamed call. @throws Error where it is not the last one, or not the only one of its kind */
export function lastEvent(text: string): CallEvent {
  const events = readEvents(text);
  const ends = events.filter(({ type }) => type !== 'progress');
  const last = events.at(-1);
  if (ends.length === 1 && last !== undefined && last === ends[0]) return last;
  throw new Error(`not one ending: ${text}`);
}
