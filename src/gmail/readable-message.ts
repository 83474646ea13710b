import { cleanText } from '../mcp/client/untrusted-text.ts';
import type { GmailMessage, GmailPart } from './gmail-api.ts';
import { htmlToText } from './html-text.ts';

/** A file that comes with a message. */
interface Attachment {
  file_name: string;
  mime_type: string;
  size_bytes: number;
}

/** A message in a list. */
export type MessageSummary = {
  id: string;
  thread_id: string | null;
  from: string;
  to: string;
  cc: string;
  subject: string;
  /** As RFC 3339, when Gmail took it in; null where Gmail does not say. */
  date: string | null;
  labels: string[];
  snippet: string;
};

/** A message as a person reads it. */
export type ReadableMessage = Omit<MessageSummary, 'snippet'> & {
  text: string;
  /** Is there more of it than `text` shows? */
  truncated: boolean;
  attachments: Attachment[];
};

/** UTF-16 units of the text of a message that are shown. */
const MAX_TEXT = 50_000;
/** Bytes of one body that are decoded: HTML is several times as long as what it says. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** Recipients can be many. */
const MAX_HEADER = 2_000;
const MAX_PARTS = 500;
const MAX_ATTACHMENTS = 50;
const MAX_LABELS = 100;

/** What a list shows of a message. Everything in it was written by strangers, so invisible characters are taken out. */
export function summaryOf(message: GmailMessage): MessageSummary {
  const { snippet = '' } = message;
  return { ...envelopeOf(message), snippet: cleanText(htmlToText(snippet), 500) };
}

/** What can be read of a message: its plain text, or what its HTML says; at most {@link MAX_TEXT} of it. */
export function readableOf(message: GmailMessage): ReadableMessage {
  const parts = message.payload === undefined ? [] : partsOf(message.payload);
  const { text, isCut } = textOf(parts);
  const shown = cleanText(text, MAX_TEXT);
  return {
    ...envelopeOf(message),
    text: shown,
    truncated: isCut || text.length > MAX_TEXT,
    attachments: parts.filter(isAttachment).slice(0, MAX_ATTACHMENTS).map(attachmentOf),
  };
}

function envelopeOf(message: GmailMessage): Omit<MessageSummary, 'snippet'> {
  const { id, threadId, labelIds = [], payload, internalDate } = message;
  const header = (name: string) => cleanText(headerOf(payload, name) ?? '', MAX_HEADER);
  return {
    id,
    thread_id: threadId ?? null,
    from: header('from'),
    to: header('to'),
    cc: header('cc'),
    subject: header('subject'),
    date: dateOf(internalDate),
    labels: labelIds.slice(0, MAX_LABELS),
  };
}

function headerOf(part: GmailPart | undefined, name: string): string | undefined {
  return part?.headers?.find((header) => header.name.toLowerCase() === name)?.value;
}

function dateOf(internalDate = ''): string | null {
  const date = new Date(/^\d{1,15}$/.test(internalDate) ? Number(internalDate) : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** All parts, the outer ones first; without recursion, since a sender decides how deep they are. */
function partsOf(payload: GmailPart): GmailPart[] {
  const found: GmailPart[] = [];
  const waiting = [payload];
  while (found.length < MAX_PARTS) {
    const part = waiting.shift();
    if (part === undefined) break;
    found.push(part);
    waiting.unshift(...(part.parts ?? []).slice(0, MAX_PARTS));
  }
  return found;
}

function isAttachment({ filename = '', body }: GmailPart): boolean {
  return filename !== '' || body?.attachmentId !== undefined;
}

function attachmentOf({ filename = '', mimeType = '', body }: GmailPart): Attachment {
  return {
    file_name: cleanText(filename, 255),
    mime_type: cleanText(mimeType, 100),
    size_bytes: body?.size ?? 0,
  };
}

function textOf(parts: readonly GmailPart[]): { text: string; isCut: boolean } {
  const shown = parts.filter((part) => !isAttachment(part));
  const plain = shown.filter(({ mimeType }) => mimeType === 'text/plain');
  const html = shown.filter(({ mimeType }) => mimeType === 'text/html');
  const isPlain = plain.length > 0;
  const bodies = (isPlain ? plain : html).map(decodeBody);
  const texts = bodies.map(({ text }) =>
    isPlain ? text.replaceAll('\r\n', '\n') : htmlToText(text),
  );
  return { text: texts.join('\n\n').trim(), isCut: bodies.some(({ isCut }) => isCut) };
}

/** Gmail hands bodies over in the charset of their sender. */
function decodeBody(part: GmailPart): { text: string; isCut: boolean } {
  const bytes = Buffer.from(part.body?.data ?? '', 'base64url');
  const isCut = bytes.length > MAX_BODY_BYTES;
  const [, charset = 'utf-8'] =
    /charset\s{0,5}=\s{0,5}"?([\w.:-]{1,40})/i.exec(
      (headerOf(part, 'content-type') ?? '').slice(0, MAX_HEADER),
    ) ?? [];
  return { text: decoderFor(charset).decode(bytes.subarray(0, MAX_BODY_BYTES)), isCut };
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    // Made up by the sender.
    return new TextDecoder();
  }
}
