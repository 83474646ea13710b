/** A promise that a test settles from outside. */
export class Gate<Value = void> {
  readonly promise: Promise<Value>;
  open: (value: Value) => void = () => undefined;
  fail: (reason: unknown) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
    // A test may fail it before anybody waits.
    this.promise.catch(() => undefined);
  }
}

/** Lets everything run that waits for settled promises only. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
