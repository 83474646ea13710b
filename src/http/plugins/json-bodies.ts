import { isUtf8 } from 'node:buffer';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';
import { findBrokenText, isTooDeep, MAX_JSON_DEPTH } from '../json-limits.ts';

/**
 * Bodies are JSON and nothing else.
 * - Keys that could reach a prototype (`__proto__`, `constructor` holding `prototype`) are refused in every body,
 *   also inside free-form arguments: no code behind this point has to fear them. Answers are another matter, and
 *   pass through unchanged.
 * - Values deeper than {@link MAX_JSON_DEPTH} are refused: what works on them may recurse.
 * - Text that is not Unicode (bytes that are not UTF-8, escaped halves of surrogate pairs) is refused: it would be
 *   changed where it is stored.
 * - An empty body counts as none. Many clients announce JSON with every POST, also where there is nothing to send.
 */
export const jsonBodies = fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error');
    app.removeAllContentTypeParsers();
    app.addContentTypeParser<Buffer>(
      'application/json',
      { parseAs: 'buffer' },
      (request, body, done) => {
        if (body.length === 0) return done(null, undefined);
        if (!isUtf8(body)) return done(malformed('The body is not encoded in UTF-8.'));
        const text = body.toString();
        if (isTooDeep(text)) return done(malformed(TOO_DEEP));
        return parse(request, text, (error, value) => {
          if (error) return done(error, undefined);
          const broken = findBrokenText(text, value);
          if (broken === undefined) return done(null, value);
          return done(
            malformed(`Half of a surrogate pair stands alone at /body${broken}: not Unicode text.`),
          );
        });
      },
    );
  },
  { name: 'json-bodies' },
);

const TOO_DEEP = `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`;

function malformed(detail: string): AppError {
  return new AppError('MALFORMED_REQUEST', { detail });
}
