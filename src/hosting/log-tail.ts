import { TextRedaction } from '../lib/text-redaction.ts';

/** Of one line, in UTF-16 units; the rest of a longer one is dropped. */
const MAX_LINE = 2_000;
/** Kept at least; up to twice as many for a moment. */
const MAX_LINES = 300;

/** The last lines that a server wrote, without the secrets it was given. Bounded, whatever is written. */
export class LogTail {
  readonly #onLine: (line: string) => void;
  readonly #redaction: TextRedaction;
  /** What is kept of a line before it is cut: a secret that begins before the cut is found whole. */
  readonly #maxRaw: number;
  readonly #decoder = new TextDecoder();
  #lines: string[] = [];
  #line = '';

  /**
   * @param secrets values that are not to be kept; those of several lines are looked for line by line
   * @param onLine told of each line as it is kept
   */
  constructor(secrets: readonly string[], onLine: (line: string) => void = () => {}) {
    this.#redaction = new TextRedaction(secrets);
    this.#maxRaw = MAX_LINE + this.#redaction.longest;
    this.#onLine = onLine;
  }

  /** Takes what was written, in whatever pieces. */
  write(chunk: Uint8Array): void {
    const [first = '', ...rest] = this.#decoder.decode(chunk, { stream: true }).split('\n');
    this.#extend(first);
    for (const text of rest) {
      this.#end();
      this.#extend(text);
    }
  }

  /** A line of ours, between those of the server. */
  note(text: string): void {
    if (this.#line !== '') this.#end();
    this.#push(text);
  }

  /** The oldest first. */
  lines(count: number): readonly string[] {
    const all = this.#line === '' ? this.#lines : [...this.#lines, this.#clean(this.#line)];
    return count <= 0 ? [] : all.slice(-count);
  }

  #extend(text: string): void {
    const room = this.#maxRaw + 1 - this.#line.length;
    if (room > 0) this.#line += text.slice(0, room);
  }

  #end(): void {
    this.#push(this.#clean(this.#line));
    this.#line = '';
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#onLine(line);
    // In batches: cutting off one line for each that comes would copy all of them.
    if (this.#lines.length >= 2 * MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES);
  }

  #clean(raw: string): string {
    let text = this.#redaction.of(raw);
    // A line that was cut may end in the beginning of a secret.
    if (raw.length > this.#maxRaw)
      text = text.slice(0, Math.max(0, text.length - (this.#maxRaw - MAX_LINE)));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
    return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').slice(0, MAX_LINE);
  }
}
