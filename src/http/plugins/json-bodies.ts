import fp from 'fastify-plugin';

/**
 * Bodies are JSON and nothing else.
 * - Keys that could reach a prototype (`__proto__`, `constructor` holding `prototype`) are refused in every body,
 *   also inside free-form arguments: no code behind this point has to fear them. Answers are another matter, and
 *   pass through unchanged.
 * - An empty body counts as none. Many clients announce JSON with every POST, also where there is nothing to send.
 */
export const jsonBodies = fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error');
    app.removeAllContentTypeParsers();
    app.addContentTypeParser<string>(
      'application/json',
      { parseAs: 'string' },
      (request, body, done) => {
        if (body.length === 0) return done(null, undefined);
        return parse(request, body, done);
      },
    );
  },
  { name: 'json-bodies' },
);
