// Brings the page to life. Everything works before this has run, and without it.
import init, { hydrate } from "./rekey.js";

await init({ module_or_path: new URL("./rekey_bg.wasm", import.meta.url) });
await hydrate();
