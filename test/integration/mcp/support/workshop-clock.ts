import { FakeClock } from '../../../support/fake-clock.ts';

/** The pause of the validator between two attempts. */
const RETRY_PAUSE_MS = 3_000;

/** Turns of the event loop in which everything that is on its way over the loopback interface arrives. */
const TURNS = 10;

/** Lets a client take in what its server has sent. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Time that only passes when nothing else can happen: in the pause between two attempts, and when a server has fallen silent. Then
 * it goes on to the first moment somebody waits for, so that what ends by time ends to the millisecond.
 */
export class WorkshopClock extends FakeClock {
  /** How often the validator has paused. */
  pauses = 0;

  override sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const sleeping = super.sleep(milliseconds, signal);
    if (milliseconds === RETRY_PAUSE_MS) {
      this.pauses += 1;
      queueMicrotask(() => this.advance(milliseconds));
    }
    return sleeping;
  }

  /** To be called when a server has fallen silent. */
  readonly onStall = (): void => {
    void settle().then(() => this.advanceToNext());
  };
}
