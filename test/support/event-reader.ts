import { expect } from 'vitest';
import { ContractJudge } from './contract-judge.ts';

const judge = new ContractJudge();

/** An event as it stood on the stream. */
export interface ReadEvent {
  id: string | undefined;
  event: string;
  data: Record<string, unknown>;
}

/** How a stream is opened. */
export interface ReadOptions {
  token?: string;
  lastEventId?: string;
  /** As `ticket=…`. */
  query?: string;
}

/** Reads a stream of events as a client of its own making does, with a reader of lines that shares nothing with the service. */
export class EventReader {
  readonly response: Response;
  /** All events so far. */
  readonly events: ReadEvent[] = [];
  /** All that is no event: comments, and times to wait. */
  readonly remarks: string[] = [];
  /** Resolves when the stream is over. */
  readonly over: Promise<void>;
  isOver = false;
  readonly #abort: AbortController;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.over = this.#read().finally(() => {
      this.isOver = true;
    });
  }

  /** @throws Error where the answer is no stream */
  static async open(baseUrl: string, options: ReadOptions): Promise<EventReader> {
    const { response, abort } = await request(baseUrl, options);
    if (response.status !== 200) {
      throw new Error(`the stream was answered ${response.status}: ${await response.text()}`);
    }
    const reader = new EventReader(response, abort);
    await expect.poll(() => reader.events.length).toBeGreaterThan(0);
    return reader;
  }

  /** The id to come back with. */
  get lastId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  /** What the changes so far were, as `kind object`. */
  get changes(): string[] {
    return this.events
      .filter(({ event }) => event === 'change')
      .map(({ data }) => `${String(data['kind'])} ${String(data['object_id'])}`);
  }

  /** Hangs up. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.over;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // It was broken off, by us or by the service.
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line): [string, string] => {
        const at = line.indexOf(':');
        return [line.slice(0, at), line.slice(at + 1).trimStart()];
      }),
    );
    const data = fields.get('data');
    if (data === undefined) this.remarks.push(block);
    else {
      const event = fields.get('event') ?? '';
      this.events.push({ id: fields.get('id'), event, data: JSON.parse(data) });
    }
  }
}

/** Asks for a stream, and has the answer judged by the contract. The caller reads it, or aborts it. */
export async function request(
  baseUrl: string,
  { token, lastEventId, query }: ReadOptions,
): Promise<{ response: Response; abort: AbortController }> {
  const abort = new AbortController();
  const response = await fetch(`${baseUrl}/api/events${query === undefined ? '' : `?${query}`}`, {
    signal: abort.signal,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  judge.judge({
    method: 'GET',
    url: '/api/events',
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: response.ok ? '' : await response.clone().text(),
  });
  return { response, abort };
}
