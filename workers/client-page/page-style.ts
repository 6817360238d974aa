/** The whole style of a client's page: nothing is fetched for it. Light, dark, phone and print. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(#f4f6f6, #101213);
  --sheet: light-dark(#ffffff, #181b1c);
  --line: light-dark(#e3e7e7, #2a2f31);
  --ink: light-dark(#16191a, #e9eced);
  --muted: light-dark(#525a5c, #a3adaf);
  --accent: light-dark(#0b6e69, #4fc4ba);
  --accent-ink: light-dark(#ffffff, #06211f);
  --neutral: light-dark(#eff1f1, #23282a);
  --ok: light-dark(#1d6b3a, #6fcf97);
  --ok-soft: light-dark(#e3f3e8, #16301f);
  --danger: light-dark(#b3261e, #f28b82);
  --danger-soft: light-dark(#fce9e7, #3a1d1b);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--canvas); color: var(--ink); font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI",
  Roboto, "Helvetica Neue", "Noto Sans", "Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP", "Noto Sans Arabic", sans-serif; }
main { max-width: 54rem; margin: 2.5rem auto; padding: 2.75rem 3rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
h1, h2, p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
bdi, td, dd, .sum { font-variant-numeric: tabular-nums; }
.quiet, h2, dt { color: var(--muted); font-size: 13px; }
h2, dt { font-weight: 500; }
[dir=auto] { white-space: pre-line; overflow-wrap: anywhere; }
.head p, .facts p { text-align: left; }
.head { display: flex; gap: 2rem; justify-content: space-between; align-items: flex-start; }
.head .name { font-size: 20px; font-weight: 600; line-height: 1.3; }
.head h1 { font-size: 20px; font-weight: 400; line-height: 1.3; text-align: end; color: var(--accent); }
.head h1 b { display: block; font-weight: 600; color: var(--ink); white-space: nowrap; }
.head img { display: block; width: auto; height: auto; max-width: 14rem; max-height: 4.5rem; margin-bottom: .75rem; background: #fff; border-radius: 4px; }
.bar { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: center; justify-content: space-between; margin: 1.75rem 0;
  padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 8px; }
.sum { font-size: 26px; font-weight: 600; line-height: 1.25; }
.sum + p { margin-top: .25rem; }
.state { display: inline-block; margin-inline-end: .6rem; padding: .1rem .55rem; border-radius: 99px; background: var(--neutral); color: var(--ink);
  font-size: 13px; font-weight: 500; }
.state.paid { background: var(--ok-soft); color: var(--ok); }
.state.overdue, .state.void { background: var(--danger-soft); color: var(--danger); }
.void .sum { text-decoration: line-through; color: var(--muted); }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.button { display: inline-block; padding: .55rem 1rem; border: 1px solid var(--line); border-radius: 7px; color: var(--ink); text-decoration: none;
  font-weight: 500; text-align: center; }
.button:hover { border-color: var(--muted); }
.button.pay { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.actions + .quiet { margin-top: .4rem; text-align: end; }
.facts { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
.facts .to { flex: 1 1 14rem; }
.facts b { font-weight: 600; }
.lines { width: 100%; margin-top: 2rem; border-collapse: collapse; }
.lines th { padding: 0 0 .4rem 1.25rem; border-bottom: 1px solid var(--muted); color: var(--muted); font-size: 13px; font-weight: 500; text-align: end; }
.lines td { padding: .6rem 0 .6rem 1.25rem; vertical-align: top; }
.lines tr > :first-child { padding-inline-start: 0; }
.lines tbody { border-bottom: 1px solid var(--line); }
.lines .date { color: var(--muted); font-size: 13px; line-height: 1.75; white-space: nowrap; }
.lines th.date, .lines th.text { text-align: start; }
.lines .text { width: 99%; text-align: start; }
.lines .figure { text-align: end; white-space: nowrap; }
.lines .behind { padding-top: 0; }
.ticket { color: var(--muted); font-size: 13px; white-space: nowrap; }
summary { width: fit-content; color: var(--muted); font-size: 13px; cursor: pointer; }
.entries { margin: .4rem 0 .5rem; padding-inline-start: 1rem; border-inline-start: 2px solid var(--line); font-size: 13px; }
.entries > li { margin-bottom: .5rem; }
.entries .when { margin-inline-end: .75rem; }
.commits { color: var(--muted); }
.commits li { display: flex; gap: .6rem; }
code { font: 12.5px ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; line-height: 20px; }
.totals { width: 22rem; max-width: 100%; margin: 1.25rem 0 0 auto; border-collapse: collapse; }
.totals th { padding: .25rem 1rem .25rem 0; color: var(--muted); font-weight: 400; text-align: start; }
.totals td { padding: .25rem 0; text-align: end; white-space: nowrap; vertical-align: top; }
.totals .total > * { padding-top: .5rem; border-top: 1px solid var(--muted); color: var(--ink); font-size: 18px; font-weight: 600; }
.totals .balance > * { color: var(--ink); font-weight: 600; }
.legal { margin-top: 1.5rem; }
.closing { display: flex; flex-wrap: wrap; gap: 1.5rem 2rem; margin-top: 2rem; }
.closing section { flex: 1 1 11rem; }
.closing .payment { flex: 2 1 20rem; }
.account { display: grid; grid-template-columns: auto 1fr; gap: .1rem 1rem; align-items: baseline; }
.account + p { margin-top: .5rem; }
.code svg { display: block; width: 9rem; border-radius: 4px; }
.closing h2 { margin-bottom: .2rem; }
.message { max-width: 34rem; margin-top: 18vh; }
.message h1 { margin-bottom: .5rem; font-size: 20px; font-weight: 600; }
@media (max-width: 44rem) {
  main { margin: 0; padding: 1.5rem 1.1rem 2.5rem; border: 0; border-radius: 0; min-height: 100vh; }
  .message { padding-top: 22vh; }
  .head { flex-direction: column-reverse; gap: 1rem; }
  .head h1 { text-align: start; }
  .head h1 b { display: inline; }
  .bar, .actions { flex-direction: column; align-items: stretch; }
  .actions + .quiet { text-align: center; }
  .lines, .lines tbody { display: block; }
  .lines thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .lines tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .65rem 0; }
  .lines .date:empty { display: none; }
  .lines tr.under::before { content: none; }
  .lines tr.under { display: block; padding-top: 0; margin-top: -.35rem; }
  .lines td { padding: 0; }
  .lines tr::before { content: ""; order: 1; flex-basis: 100%; }
  .lines .text { flex: 1 1 60%; width: auto; }
  .lines .amount { margin-inline-start: auto; }
  .lines .date, .lines .time, .lines .rate { order: 2; color: var(--muted); font-size: 13px; line-height: 1.75; }
  .totals { width: 100%; }
  .code { display: none; }
}
@media print {
  @page { size: A4; margin: 16mm; }
  :root { color-scheme: only light; }
  body { background: none; font-size: 10pt; }
  main { max-width: none; margin: 0; padding: 0; border: 0; }
  .actions, .actions + .quiet, .under:not(:has(details[open])) { display: none; }
  .quiet, h2, dt, .lines th, .lines .date, .ticket, .entries, .state { font-size: 9pt; line-height: 1.4; }
  .lines td { padding-top: .3rem; padding-bottom: .3rem; line-height: 1.35; }
  tr, .closing, .totals, .bar { break-inside: avoid; }
}
`;
