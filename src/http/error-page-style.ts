/**
 * The stylesheet of the error pages. It stands in the page itself, and the page's policy allows it by its hash. Text
 * has a contrast of 4.5 or more on its ground, in light and dark (WCAG 2.2, 1.4.3).
 */
export const ERROR_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fff; --text: #1b1f24; --muted: #57606a; --line: #d8dee4; --link: #0b5bb5;
  --soft: #f3f5f7; --accent: #0b5bb5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --text: #e4e8ec; --muted: #a0a9b3; --line: #333a42; --link: #7db8ff;
    --soft: #1f242a; --accent: #7db8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 44rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: break-word;
}
a { color: var(--link); text-underline-offset: .15em; }
a:hover { text-decoration-thickness: 2px; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
code, .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
code { font-size: .9em; }
p code, .points code { background: var(--soft); border-radius: 4px; padding: .1em .3em; }
h1 { font-size: clamp(1.375rem, 5vw, 1.75rem); line-height: 1.25; margin: 0 0 1rem; text-wrap: balance; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 2.25rem 0 .5rem; }
p { margin: 0 0 .75rem; }
ul { margin: 0 0 .75rem; padding-left: 1.25rem; }
li + li { margin-top: .4rem; }
nav { margin-bottom: 2rem; font-size: .9375rem; }
.code { font-size: .9375rem; color: var(--muted); margin: 0 0 .5rem; }
.code strong { color: var(--text); font-weight: 600; }
.shown { margin: 0; padding: .75rem 1rem; background: var(--soft); border-left: 4px solid var(--accent); border-radius: 0 6px 6px 0; }
.muted { color: var(--muted); }
.errors { list-style: none; padding: 0; border-top: 1px solid var(--line); }
.errors li { margin: 0; padding: .5rem 0; border-bottom: 1px solid var(--line); }
.errors a { font-weight: 600; }
.errors p { margin: 0; }
.errors .status { display: inline-block; width: 2.75rem; color: var(--muted); font-variant-numeric: tabular-nums; }
@media (min-width: 42rem) {
  .errors li { display: grid; grid-template-columns: 19rem 1fr; align-items: baseline; }
}
`;
