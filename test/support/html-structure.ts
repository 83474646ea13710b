/** One tag of a page, with its attributes. */
export interface Tag {
  name: string;
  attributes: Readonly<Record<string, string>>;
}

const PIECE =
  /<!doctype html>|<style>[^<]*<\/style>|<(?<closing>\/?)(?<name>[a-z][a-z0-9]*)(?<attributes>(?: [a-z-]+="[^"<>]*")*)>|(?<text>[^<>]+)/gy;
const VOID = new Set(['meta', 'link', 'br', 'hr', 'img']);

/**
 * Reads a page as strictly as no browser does, and so finds what is not escaped: each tag has to be closed in order,
 * each attribute quoted, and text may have neither `<` nor `>` nor a bare `&`. The content of `style` is skipped.
 * @throws Error that says where the page is not well formed.
 */
export function readTags(page: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  for (const { closing, name = '', attributes = '' } of piecesOf(page)) {
    if (closing === '/') {
      const opened = open.pop();
      if (opened !== name) throw new Error(`</${name}> closes <${opened}>`);
    } else {
      tags.push({ name, attributes: attributesOf(attributes) });
      if (!VOID.has(name)) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('> <')}> is not closed`);
  return tags;
}

/** The tags of a page; text between them is only looked at. */
function* piecesOf(page: string): Generator<Partial<Record<string, string>>> {
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < page.length) {
    const at = PIECE.lastIndex;
    const { 0: piece, groups = {} } = PIECE.exec(page) ?? { 0: undefined };
    if (piece === undefined || /&(?!(?:amp|lt|gt|quot|#39);)/.test(groups['text'] ?? '')) {
      throw new Error(`not escaped, or no tag: ${page.slice(at, at + 60)}`);
    }
    if (piece.startsWith('<style>')) yield* [{ name: 'style' }, { name: 'style', closing: '/' }];
    else if (groups['name'] !== undefined) yield groups;
  }
}

function attributesOf(text: string): Tag['attributes'] {
  const pairs = text.matchAll(/ ([a-z-]+)="([^"]*)"/g);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value]));
}
