/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** `message` where the server names none. */
  type: string;
  data: string;
}

/** Splits a `text/event-stream` into events as the HTML standard says (section 9.2.6). `id` and `retry` are not used. */
export class EventStreamParser {
  readonly #decoder = new TextDecoder();
  /** Pieces of a line whose end has not come yet; joined once, so that a long line costs linear time. */
  #line: string[] = [];
  #afterCarriageReturn = false;
  #type = '';
  #data: string[] = [];

  /** Takes the next bytes and returns the events they complete. */
  push(chunk: Uint8Array): ServerSentEvent[] {
    let text = this.#decoder.decode(chunk, { stream: true });
    if (this.#afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    if (text !== '') this.#afterCarriageReturn = text.endsWith('\r');
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (const { index, 0: lineEnd } of text.matchAll(/\r\n|\n|\r/g)) {
      this.#line.push(text.slice(start, index));
      this.#endLine(events);
      start = index + lineEnd.length;
    }
    if (start < text.length) this.#line.push(text.slice(start));
    return events;
  }

  #endLine(events: ServerSentEvent[]): void {
    const line = this.#line.join('');
    this.#line = [];
    if (line === '') {
      if (this.#data.length > 0) {
        events.push({ type: this.#type || 'message', data: this.#data.join('\n') });
      }
      this.#type = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
  }
}
