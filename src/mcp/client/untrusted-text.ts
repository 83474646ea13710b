/**
 * Characters that are not shown but reach a model: control characters except line feed and tab, bidirectional and other
 * invisible format characters, tags and variation selectors of plane 14, and surrogates without their other half.
 */
const INVISIBLE =
  /[^\P{Cc}\n\t]|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]|\p{Cs}/gu;

/** Text of a server without invisible characters, cut to `maxLength` UTF-16 units. */
export function cleanText(text: string, maxLength: number): string {
  const clean = text.replace(INVISIBLE, '');
  if (clean.length <= maxLength) return clean;
  // A cut between the halves of a character would leave a lone surrogate.
  return clean.slice(0, maxLength).replace(/\p{Cs}$/u, '');
}

/** Does the text hold no invisible character, and neither line feed nor tab? */
export function isVisibleLine(text: string): boolean {
  return !/[\n\t]/.test(text) && text.search(INVISIBLE) === -1;
}
