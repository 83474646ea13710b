/** A mail to be written. */
export interface OutgoingMail {
  to: readonly string[];
  cc: readonly string[];
  bcc: readonly string[];
  /** One line. */
  subject: string;
  body: string;
}

/** An address without a name, as RFC 5321 allows them nearly everywhere; nothing in it can end a header. */
export const MAIL_ADDRESS =
  "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}$";
/** A line: no control characters, so that none begins a header of its own. */
export const MAIL_LINE = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$';

/** Bytes in an encoded word of 75 characters at most (RFC 2047 section 2). */
const WORD_BYTES = 45;

/**
 * Writes a mail (RFC 5322) of plain text, as Gmail takes it: in base64url. Gmail adds `From`, `Date` and `Message-ID`.
 * @param mail whose addresses match {@link MAIL_ADDRESS}, and whose subject matches {@link MAIL_LINE}
 */
export function encodeMail({ to, cc, bcc, subject, body }: OutgoingMail): string {
  const headers = [
    ...addressLine('To', to),
    ...addressLine('Cc', cc),
    ...addressLine('Bcc', bcc),
    `Subject: ${encodeSubject(subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  const lines =
    Buffer.from(body)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return Buffer.from([...headers, '', ...lines, ''].join('\r\n')).toString('base64url');
}

/** Each address on a line of its own: a line has 998 characters at most. */
function addressLine(name: string, addresses: readonly string[]): string[] {
  return addresses.length === 0 ? [] : [`${name}: ${addresses.join(',\r\n ')}`];
}

function encodeSubject(subject: string): string {
  const isPlain = /^[\x20-\x7e]{0,70}$/.test(subject) && !subject.includes('=?');
  if (isPlain) return subject;
  const words: string[] = [];
  let bytes = Buffer.alloc(0);
  for (const character of subject) {
    const next = Buffer.from(character);
    if (bytes.length + next.length > WORD_BYTES) {
      words.push(encodedWord(bytes));
      bytes = Buffer.alloc(0);
    }
    bytes = Buffer.concat([bytes, next]);
  }
  return [...words, encodedWord(bytes)].join('\r\n ');
}

function encodedWord(bytes: Buffer): string {
  return `=?utf-8?B?${bytes.toString('base64')}?=`;
}
