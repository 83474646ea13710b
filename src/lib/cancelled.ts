/** Whoever asked for the work does not wait for it any more. Nobody gets this as an answer. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(options: { cause?: unknown } = {}) {
    super('the caller gave up', options);
  }
}
