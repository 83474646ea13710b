/**
 * Whether `new URL(text)` gives one. In place of `URL.canParse`, which on Node 20 is wrong for characters from U+0080 to U+00FF
 * once it was called some thousand times and is compiled: it reads the Latin-1 bytes of the string as UTF-8.
 */
export function canParseUrl(text: string): boolean {
  try {
    new URL(text);
    return true;
  } catch {
    return false;
  }
}
