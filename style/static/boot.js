// Brings the page to life. Everything works before this has run, and without it.
//
// The first picture comes first: what is fetched from here on would take the line from the style sheet. No frame comes
// in a tab that is not shown, so a timer ends the wait as well.
await new Promise((go) => {
  requestAnimationFrame(() => setTimeout(go));
  setTimeout(go, 300);
});
for (const link of document.querySelectorAll('link[rel="later"]')) link.rel = link.dataset.rel;

const { default: init, hydrate } = await import("./rekey.js");
await init({ module_or_path: new URL("./rekey_bg.wasm", import.meta.url) });
// What is pressed meanwhile is answered in between.
await new Promise((go) => setTimeout(go));
await hydrate();
