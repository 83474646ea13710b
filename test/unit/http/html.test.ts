import { expect, test } from 'vitest';
import { html, trustedHtml } from '../../../src/http/html.ts';

test('values are escaped between tags and in attributes', () => {
  const evil = `<script>alert("1" & '2')</script>`;
  const escaped = '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;';
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
});

test('HTML inside of HTML is not escaped again', () => {
  const items = ['a & b', '<c>'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul>${items}</ul>${html`<hr>`}${7}`.text).toBe(
    '<ul><li>a &amp; b</li><li>&lt;c&gt;</li></ul><hr>7',
  );
});

test('text that looks like HTML does not become it on the way through templates', () => {
  const inner = html`${'<b>'}`;
  expect(html`${inner}${'&lt;'}`.text).toBe('&lt;b&gt;&amp;lt;');
});

test('only what is marked passes as it is', () => {
  expect(html`<style>${trustedHtml('a > b { content: "x" }')}</style>`.text).toBe(
    '<style>a > b { content: "x" }</style>',
  );
});
