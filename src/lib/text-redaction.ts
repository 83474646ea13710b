const REDACTED = '[redacted]';
/** Shorter values are no secrets, and replacing them would spoil ordinary text. In UTF-16 units. */
const MIN_SECRET = 6;

/** Takes secrets out of texts that somebody wrote who knows them. */
export class TextRedaction {
  readonly #secrets: readonly string[];

  /** @param secrets those of several lines are looked for line by line, too */
  constructor(secrets: readonly string[]) {
    const parts = secrets
      .flatMap((secret) => [secret, ...secret.split('\n')])
      .flatMap((secret) => [secret.trim(), encodeURIComponent(secret.trim())])
      .filter((secret) => secret.length >= MIN_SECRET);
    // The longest first: one may be part of another.
    this.#secrets = [...new Set(parts)].sort((a, b) => b.length - a.length);
  }

  /** Length of the longest one; 0 where there are none. */
  get longest(): number {
    return this.#secrets[0]?.length ?? 0;
  }

  of(text: string): string {
    let rest = text;
    for (const secret of this.#secrets) rest = rest.replaceAll(secret, REDACTED);
    return rest;
  }

  /** Of a text that was cut at `length`, in the middle of a secret maybe: where it is as long as that, less of it is left. */
  ofCut(text: string, length: number): string {
    const redacted = this.of(text);
    if (text.length < length) return redacted;
    return redacted.slice(0, Math.max(0, redacted.length - this.longest));
  }
}
