/** Size of the event under way. Events end at a blank line: LF LF, or LF CR LF. */
export class EventSizes {
  #bytes = 0;
  #tail = '';

  /** The size of the event under way, as far as it has come. */
  get pending(): number {
    return this.#bytes;
  }

  /** @returns the size of the largest event that `chunk` belongs to, as far as it is known */
  add(chunk: Buffer): number {
    if (/\n\r?\n/.test(this.#tail + chunk.toString('latin1', 0, 2))) this.#bytes = 0;
    this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - 2))).slice(-2);
    const last = Math.max(chunk.lastIndexOf('\n\n'), chunk.lastIndexOf('\n\r\n'));
    if (last === -1) {
      this.#bytes += chunk.length;
      return this.#bytes;
    }
    const first = firstIndex(chunk.indexOf('\n\n'), chunk.indexOf('\n\r\n'));
    const finished = this.#bytes + first;
    this.#bytes = chunk.length - last;
    return Math.max(finished, this.#bytes);
  }
}

function firstIndex(one: number, other: number): number {
  if (one === -1) return other;
  return other === -1 ? one : Math.min(one, other);
}
