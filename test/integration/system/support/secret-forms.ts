/** A secret by the name of the place it was used in. */
export type Secrets = Readonly<Record<string, string>>;

/**
 * Finds secrets in a text, as they are and in every form in which one could slip through: encoded for a URL or for JSON,
 * in hexadecimal, and inside something larger that was written in base64.
 */
export class SecretSearch {
  readonly #forms: readonly { name: string; form: string }[];

  constructor(secrets: Secrets) {
    this.#forms = Object.entries(secrets).flatMap(([name, secret]) =>
      [...new Set(formsOf(secret))].map((form) => ({ name, form })),
    );
  }

  /** Names of the secrets that the text holds. */
  find(text: string): string[] {
    const found = this.#forms.filter(({ form }) => text.includes(form)).map(({ name }) => name);
    return [...new Set(found)];
  }
}

function formsOf(secret: string): string[] {
  const base64 = base64Cores(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** The characters that depend on the secret alone, wherever among the encoded bytes it begins. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const encoded = bytes.toString('base64').replaceAll('=', '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    return encoded.slice(first, last);
  });
}
