// What looks like a secret. A guess that is wrong does no harm: a value that was taken for none is sealed and never shown like any other, only
// that nobody was asked about it.

const SECRET_NAME =
  /auth|api[-_]?key|(^|[-_.])key($|[-_.])|token|secret|passw|pwd|cookie|credential|session|signature|(^|[-_.])sig($|[-_.])|jwt|bearer/i;
/** A few words, a number or a date: `true`, `eu-west`, `repos,issues`, `2025-06-18`. */
const PLAIN_VALUE =
  /^(?:\d{1,6}|\d{4}-\d{2}-\d{2}|[A-Za-z]{1,20}\d{0,2}(?:[-_.,/;: ]{1,2}(?:[A-Za-z]{1,20}\d{0,2}|\d{1,4})){0,12})$/;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
const KEY_PREFIX =
  /(?:^|[^A-Za-z])(?:sk|pk|rk|gh[opusr]|github_pat|glpat|xox[a-z]|key|tok)[-_][A-Za-z0-9]{8,}/;
/** Letters and digits in turn, as people do not write them. */
const LONG_RUN = /[A-Za-z0-9]{16,}/g;
/** What manuals have in the place of a secret. */
const BLANK =
  /^(?:<[^<>]*>|\{\{[^{}]*\}\}|\[[^[\]]*\]|\.{3,}|…|x{4,}|\*{3,}|your[-_ ].*|.*[-_]here|(?:replace|paste|insert|enter|add)[-_ ].*|changeme|todo)$/is;
const SCHEME = /^(?:bearer|basic|token|apikey)\s+/i;

/** Whether a piece of text has something in it that looks like a key. */
export function looksLikeKey(text: string): boolean {
  if (UUID.test(text) || KEY_PREFIX.test(text)) return true;
  return (text.match(LONG_RUN) ?? []).some((run) => /\d/.test(run) && /[A-Za-z]/.test(run));
}

/** Whether a header or a parameter of this name usually holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Whether a value of a header is none that anybody would hide. */
export function isPlainHeader(name: string, value: string): boolean {
  return !isSecretName(name) && PLAIN_VALUE.test(value);
}

/** Whether an example stands in the place of a value, as `Bearer YOUR_API_KEY`. */
export function isBlank(value: string): boolean {
  return BLANK.test(value.trim().replace(SCHEME, ''));
}

/** Whether a piece of a URL has what looks like a key in a segment of its path or in its query, or somebody's password. */
export function hasSecretInUrl(text: string): boolean {
  if (/^[a-z+.-]*:\/\/[^/?#]*@/i.test(text)) return true;
  const [path = '', query = ''] = text
    .split('#', 1)
    .join('')
    .split(/\?(.*)/s);
  const segments = path.replace(/^[a-z+.-]*:\/\/[^/]*/i, '').split('/');
  if (segments.some(looksLikeKey)) return true;
  return query.split('&').some((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    return value !== '' && (isSecretName(name) || looksLikeKey(value));
  });
}
