/** A terminal sends Ctrl-C to npm, and to its children again through npm: signals this close are one wish. */
const SAME_WISH_MS = 1_000;

/**
 * Resolves at the first SIGINT or SIGTERM. Whoever sends a further one a second later does not want to wait: the
 * process ends at once.
 */
export function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_WISH_MS) process.exit(1);
      resolve('interrupted');
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  });
}
