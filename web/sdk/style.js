// How the SDK's own elements look. A site's own style sheet may say otherwise where they stand in
// the page itself, by their ps- classes.

export const kWidgetCss = `
.ps-launcher-wrapper, :host {
  --ground: #1d6a66; --ink: #fff; --edge: 1.25rem;
  position: fixed; z-index: 2147483000; inset: auto var(--edge) var(--edge) auto;
  font: 16px/1.4 system-ui, sans-serif;
}
.ps-launcher-wrapper[data-position$="left"], :host([data-position$="left"]) {
  inset-inline: var(--edge) auto; }
.ps-launcher-wrapper[data-position^="top"], :host([data-position^="top"]) {
  inset-block: var(--edge) auto; }
.launcher {
  position: relative; display: grid; place-items: center; inline-size: 3.5rem; block-size: 3.5rem;
  margin: 0; padding: 0; color: var(--ink); background: var(--ground); border: 0;
  border-radius: 50%;
  box-shadow: 0 6px 24px rgb(0 0 0 / 28%); cursor: pointer;
}
.launcher:focus-visible, .invitation button:focus-visible { outline: 3px solid var(--ground);
  outline-offset: 3px; }
.launcher svg { inline-size: 1.75rem; fill: none; stroke: currentcolor; stroke-width: 1.8;
  stroke-linejoin: round; }
.badge {
  position: absolute; inset: -0.25rem -0.25rem auto auto; min-inline-size: 1.4rem;
  padding: 0 0.35rem;
  color: #fff; font-size: 0.8rem; font-weight: 700; line-height: 1.4rem; text-align: center;
  background: #b3261e; border-radius: 1rem;
}
.tray {
  position: absolute; inset: auto 0 4.25rem auto;
  inline-size: min(25rem, 100vw - 2 * var(--edge));
  block-size: min(40rem, 100vh - 7rem); overflow: hidden; background: #fff; border-radius: 1rem;
  box-shadow: 0 12px 48px rgb(0 0 0 / 30%);
}
[data-position$="left"] .tray, :host([data-position$="left"]) .tray { inset-inline: 0 auto; }
[data-position^="top"] .tray, :host([data-position^="top"]) .tray { inset-block: 4.25rem auto; }
.tray iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; }
.invitation {
  position: absolute; inset: auto 0 4.5rem auto; display: flex; align-items: start;
  inline-size: max-content;
  max-inline-size: min(18rem, 100vw - 3rem); background: #fff; border-radius: 0.9rem;
  box-shadow: 0 6px 24px rgb(0 0 0 / 22%);
}
[data-position$="left"] .invitation, :host([data-position$="left"]) .invitation {
  inset-inline: 0 auto; }
[data-position^="top"] .invitation, :host([data-position^="top"]) .invitation {
  inset-block: 4.5rem auto; }
.invitation button { min-block-size: 2.75rem; color: #222; font: inherit; text-align: start;
  background: none; border: 0; cursor: pointer; }
.invitation .words { padding: 0.65rem 0 0.65rem 1rem; }
.invitation .away { flex: none; inline-size: 2.75rem; text-align: center; }
.tray[hidden], .invitation[hidden], .badge[hidden] { display: none; }
@media (max-width: 30rem), (max-height: 30rem) {
  .showing .tray, :host(.showing) .tray { position: fixed; inset: 0; inline-size: 100%;
  block-size: 100%; border-radius: 0; }
  .showing .launcher, :host(.showing) .launcher { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .tray, .invitation { animation: millrace-rise 0.2s ease-out; }
  @keyframes millrace-rise { from { opacity: 0; transform: translateY(0.75rem); } }
}
`;

export const kInlineCss = `
.ps-pypestream-wrapper { inline-size: 100%; block-size: 100%; min-block-size: 31rem; }
.ps-pypestream-wrapper:not(.showing) { display: none; }
.ps-pypestream-wrapper iframe { display: block; inline-size: 100%; block-size: 100%;
  min-block-size: inherit; border: 0; }
.ps-sr-only { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
`;
