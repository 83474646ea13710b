import { expect, it } from 'vitest';
import { htmlToText } from '../../../src/gmail/html-text.ts';

it.each([
  ['<p>One</p><p>two<br>three</p>', 'One\n\ntwo\nthree'],
  ['a < b, <b>c</b> > d', 'a < b, c > d'],
  ['<a href="x>y">link</a>', 'y">link'],
  ['&#72;&#x69;&#0;&#xD800;&#1114112; &unknown; &Amp;', 'Hi &unknown; &'],
  ['<STYLE>p{}</STYLE>\u0130<Script>x</sCRIPT>seen', '\u0130seen'],
  ['<!-- a --><!-- b', ''],
  ['<script>never closed', ''],
  ['text <div', 'text'],
])('shows of %s what a reader would see', (html, text) => {
  expect(htmlToText(html)).toBe(text);
});

it('takes no longer than the text is long, whatever is never closed in it', () => {
  const began = performance.now();
  for (const part of ['<', '<!--', '<script', '<title>', '&#', '<p ', ' \n', '</']) {
    htmlToText(part.repeat(2_000_000 / part.length));
  }
  // A search from each beginning to the end would take hours.
  expect(performance.now() - began).toBeLessThan(20_000);
});
