import type { ErrorExplanation } from '../errors/catalogue/error-explanation.ts';
import { ERROR_CATALOGUE, ERROR_TOPICS, type ErrorTopic } from '../errors/error-catalogue.ts';
import { ERROR_CODES, type ErrorCode, errorSlug, isErrorCode } from '../errors/error-codes.ts';
import { ERROR_PAGE_STYLE } from './error-page-style.ts';
import { type Html, html, trustedHtml } from './html.ts';

/** An error as the catalogue shows it to programs. */
export interface ErrorResource extends ErrorExplanation {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly topic: string;
}

/** A code with all that is known about it. */
export function errorResource(code: ErrorCode): ErrorResource {
  const topic = topicOf(code)?.title ?? '';
  return { code, ...ERROR_CODES[code], topic, ...ERROR_CATALOGUE[code] };
}

function topicOf(code: ErrorCode): ErrorTopic | undefined {
  return ERROR_TOPICS.find(({ codes }) => codes.includes(code));
}

/** The page with all codes. Its links are relative, so that they work below any path a proxy takes away. */
export function renderErrorIndex(): string {
  const topics = ERROR_TOPICS.map(
    ({ title, note, codes }) => html`<h2>${title}</h2>
${renderNote(note)}<ul class="errors">
${codes.map(renderEntry)}</ul>
`,
  );
  return page(
    'Errors',
    html`<main>
<h1>Errors</h1>
<p>Every error of this service is <code>application/problem+json</code> (RFC 9457) with a stable <code>code</code>, and its
<code>type</code> is the address of a page below. What the user sees stands in its <code>detail</code>; some cases have a
more precise sentence there than the page shows.</p>
<p class="muted">For programs: the same as JSON, with <code>Accept: application/json</code>.</p>
${topics}</main>`,
  );
}

/** The page of one code; its links, and those in its texts, are relative as well. */
export function renderErrorPage(code: ErrorCode): string {
  const { status, title, topic, retryable, cause, shown, user, operator } = errorResource(code);
  return page(
    code,
    html`<nav aria-label="Catalogue"><a href="../errors">All errors</a> <span class="muted">/ ${topic}</span></nav>
<main>
<p class="code"><strong>${code}</strong> · HTTP ${status} · ${retryable ? 'retry later' : 'no retry'}</p>
<h1>${title}</h1>
${renderNote(topicOf(code)?.note)}<h2>What the user sees</h2>
<p class="shown">${shown}</p>
<h2>Why it happens</h2>
${renderPoints(cause)}
<h2>What you can do</h2>
${renderPoints(user)}
<h2>What an operator can do</h2>
${renderPoints(operator)}
</main>`,
  );
}

function renderEntry(code: ErrorCode): Html {
  const { status, title } = ERROR_CODES[code];
  return html`<li><span><span class="status">${status}</span> <a href="errors/${errorSlug(code)}"><code>${code}</code></a></span>
<p>${title}</p></li>
`;
}

function renderPoints(points: readonly string[]): Html {
  const [first = '', ...others] = points;
  if (others.length === 0) return html`<p>${renderText(first)}</p>`;
  return html`<ul class="points">${points.map((point) => html`<li>${renderText(point)}</li>`)}</ul>`;
}

function renderNote(note: string | undefined): Html {
  return note === undefined ? html`` : html`<p class="muted">${renderText(note)}</p>\n`;
}

/** Every second piece stood between backticks; the code of another error is a link to its page. */
function renderText(text: string): Html[] {
  return text.split('`').map((piece, at) => {
    if (at % 2 === 0) return html`${piece}`;
    const code = html`<code>${piece}</code>`;
    return isErrorCode(piece) ? html`<a href="${errorSlug(piece)}">${code}</a>` : code;
  });
}

function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · MCP Connectors</title>
<style>${trustedHtml(ERROR_PAGE_STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
