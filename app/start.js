// Starts the program in the packed page; `trunk serve` has a script of its own. The build writes
// program.js (xtask/src/squeeze.rs).
import { address, imports, run } from "./program.js";

const program = () => fetch(address);

WebAssembly.instantiateStreaming(program(), imports)
  // A host that does not know the type of Wasm files.
  .catch(async () => WebAssembly.instantiate(await (await program()).arrayBuffer(), imports))
  .then(({ instance }) => {
    run(instance.exports);
    dispatchEvent(new Event("TrunkApplicationStarted"));
  });
