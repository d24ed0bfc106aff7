// Brings the page to life. Everything works before this has run, and without it.

// A link from a message may have its token behind the "#", which a browser sends to no server. It leaves the address and
// the way back before anything is loaded, and goes on in the form of the page.
function openLink() {
  const box = document.getElementById("link");
  const token = location.hash.slice(1);
  if (!box || token === "" || document.getElementById(token)) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  box.value = token;
  // By the browser itself, hydrated or not: a link that is opened while another is on its way replaces it.
  box.form.submit();
  return true;
}

async function hydratePage() {
  // The first picture comes first: what is fetched from here on would take the line from the style sheet. No frame comes
  // in a tab that is not shown, so a timer ends the wait as well.
  await new Promise((go) => {
    requestAnimationFrame(() => setTimeout(go));
    setTimeout(go, 300);
  });
  for (const link of document.querySelectorAll('link[rel="later"]')) {
    if (link.dataset.as) link.as = link.dataset.as;
    link.rel = link.dataset.rel;
  }

  const { default: init, hydrate } = await import("./rekey.js");
  await init({ module_or_path: new URL("./rekey_bg.wasm", import.meta.url) });
  // What is pressed meanwhile is answered in between.
  await new Promise((go) => setTimeout(go));
  await hydrate();
}

addEventListener("hashchange", openLink);

if (!openLink()) await hydratePage();
