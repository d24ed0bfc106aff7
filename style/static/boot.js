// Brings the page to life. Everything works before this has run, and without it.

// A link from a message may have its token behind the "#", which a browser sends to no server. It leaves the address and
// the history before anything is loaded, and goes on in the form of the page.
function openLink() {
  const box = document.getElementById("link");
  const token = location.hash.slice(1);
  if (!box || token === "" || document.getElementById(token)) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  box.value = token;
  box.form.requestSubmit();
  return true;
}

addEventListener("hashchange", openLink);

if (!openLink()) {
  const { default: init, hydrate } = await import("./rekey.js");
  await init({ module_or_path: new URL("./rekey_bg.wasm", import.meta.url) });
  await hydrate();
}
