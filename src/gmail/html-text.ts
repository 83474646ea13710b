/** Elements whose content nobody sees. */
const HIDDEN = new Set(['script', 'style', 'title', 'template']);
/** Elements that begin a line. */
const BLOCKS = new Set(
  'p div br tr li ul ol table h1 h2 h3 h4 h5 h6 blockquote pre hr section article'.split(' '),
);
/** Names of characters that mails use; others stay as they are. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  euro: '€',
  copy: '©',
};

/**
 * What a reader would see of HTML, as plain text. Not a parser: it never fails, and takes time that grows with the length alone,
 * whatever a sender made up.
 */
export function htmlToText(html: string): string {
  // Of ASCII alone, which keeps every place where it is.
  const lower = html.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const parts: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) break;
    parts.push(html.slice(at, open));
    const tag = readTag(lower, open);
    if (tag.name === '<') parts.push('<');
    if (BLOCKS.has(tag.name)) parts.push('\n');
    at = tag.end;
  }
  parts.push(html.slice(at));
  return decodeEntities(parts.join(''))
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The tag, comment or hidden element that begins at `open`, or `<` itself, and where the text goes on after it. */
function readTag(lower: string, open: number): { name: string; end: number } {
  if (lower.startsWith('<!--', open)) return { name: '', end: behind(lower, '-->', open + 4) };
  const [, slash = '', name = ''] =
    /^<(\/?)([a-z][a-z0-9]{0,20})/.exec(lower.slice(open, open + 24)) ?? [];
  if (name === '' && !/^<[/!?]/.test(lower.slice(open, open + 2))) {
    return { name: '<', end: open + 1 };
  }
  const end = behind(lower, '>', open);
  if (slash !== '' || !HIDDEN.has(name)) return { name, end };
  const close = lower.indexOf(`</${name}`, end);
  return { name, end: close === -1 ? lower.length : behind(lower, '>', close) };
}

/** The place behind the next `mark`; the end where there is none, so that nothing is searched twice. */
function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}));/g,
    (all, dec, hex, name) => {
      if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
      const code = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
      return code > 0 && code <= 0x10ffff && !isSurrogate(code) ? String.fromCodePoint(code) : '';
    },
  );
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
