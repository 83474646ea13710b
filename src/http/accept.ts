/**
 * How much a client wants a media type, from `Accept` (RFC 9110 section 12.5.1): the weight of the most specific range
 * that covers it. 1 where the header is absent, 0 where no range covers the type. Parameters other than `q` are not
 * looked at.
 */
export function weightOf(accept: string | undefined, mediaType: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  const [type = ''] = mediaType.split('/', 1);
  // From the least specific to the most.
  const covering = ['*/*', `${type}/*`, mediaType];
  let found = { rank: -1, weight: 0 };
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const rank = covering.indexOf(name);
    if (rank > found.rank) found = { rank, weight: weightIn(parameters) };
  }
  return found.weight;
}

/** Types that are JSON (RFC 6839 section 3.1), such as `application/problem+json`; some clients send `application/*+json`. */
const JSON_RANGE = /^application\/[^/\s]+\+json$/;

/**
 * How much a client wants JSON of whatever type, from `Accept`: one that asks for a `+json` type reads `application/json` too.
 * As {@link weightOf}.
 */
export function jsonWeightOf(accept: string | undefined): number {
  const weights = (accept ?? '').split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return JSON_RANGE.test(name) ? weightIn(parameters) : 0;
  });
  return Math.max(weightOf(accept, 'application/json'), ...weights);
}

function weightIn(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) return 1;
  const weight = Number(given.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
