/**
 * Characters that are not shown but reach a model, where an instruction or data can hide: control characters except line feed
 * and tab, bidirectional and other invisible format characters, fillers that look like nothing, tags and variation selectors of
 * plane 14, and surrogates without their other half. Joiners and variation selectors have a meaning in words and emoji: a selector
 * and a joiner may stand, and no row of them.
 */
const INVISIBLE =
  /[^\P{Cc}\n\t]|\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180f|[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Cs}/gu;

/** What follows on a joiner or a variation selector and is one itself. */
const ROWS =
  /(?<=\u200c|\u200d)(?:\u200c|\u200d|[\ufe00-\ufe0f])+|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+/gu;

/** Line and paragraph separators (U+2028, U+2029), which not everything shows as a line break. */
const SEPARATORS = /[\u2028\u2029]/g;

/** Text of a server without invisible characters, cut to `maxLength` UTF-16 units. */
export function cleanText(text: string, maxLength: number): string {
  const clean = text.replace(SEPARATORS, '\n').replace(INVISIBLE, '').replace(ROWS, '');
  if (clean.length <= maxLength) return clean;
  // A cut between the halves of a character would leave a lone surrogate.
  return clean.slice(0, maxLength).replace(/\p{Cs}$/u, '');
}

/** Does the text hold no invisible character, and neither line feed nor tab? */
export function isVisibleLine(text: string): boolean {
  return !/[\n\t]/.test(text) && cleanText(text, text.length) === text;
}
