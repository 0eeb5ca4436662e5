// Starts the program in the packed page; `trunk serve` has a script of its own. The build writes
// program.js (xtask/src/squeeze.rs).
import { address, imports, run } from "./program.js";

const program = () => fetch(address);

// On a static host: which server it is the front end of, and below which path it lies.
const hosted = fetch(new URL("pinfold.json", document.currentScript.src))
  .then((answer) => answer.json())
  .then(({ server = "", base = "/" }) =>
    Object.assign(document.documentElement.dataset, { server, base: base.replace(/\/$/, "") }))
  // Without the file it is the server's own.
  .catch(() => {});

WebAssembly.instantiateStreaming(program(), imports)
  // A host that does not know the type of Wasm files.
  .catch(async () => WebAssembly.instantiate(await (await program()).arrayBuffer(), imports))
  .then(async ({ instance }) => {
    await hosted;
    run(instance.exports);
    dispatchEvent(new Event("TrunkApplicationStarted"));
  });
