// Runs one test program compiled for wasm32-wasip1: node wasi.mjs <program.wasm> [arguments]
import { readFile } from "node:fs/promises";
import { argv, cwd, exit } from "node:process";
import { WASI } from "node:wasi";

const [program, ...rest] = argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [program, ...rest],
  env: { RUST_BACKTRACE: "0", PWD: "/" },
  // A test sees its package's folder, as `cargo test` gives it: under its own name and as the current one.
  preopens: { ".": cwd(), [cwd()]: cwd() },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
const imports = wasi.getImportObject();
// What wasm-bindgen's crates import for a browser is linked in, but nothing under test may call it.
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  imports[from] ??= {};
  imports[from][name] ??= () => {
    throw new Error(`${from}.${name} is not there outside a browser`);
  };
}
const instance = await WebAssembly.instantiate(module, imports);
try {
  exit(wasi.start(instance));
} catch (error) {
  // A panic is a trap: the message and the name of the test stand above.
  console.error(`\nwasi: ${error.message}`);
  exit(101);
}
