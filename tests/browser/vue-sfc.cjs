// Compiles a component of Vue, from standard input to a module on standard output, as a bundler's plugin would.
const { compileScript, parse } = require("vue/compiler-sfc");

const source = require("node:fs").readFileSync(0, "utf8");
const { descriptor, errors } = parse(source);
if (errors.length) throw errors[0];
const isCustomElement = (tag) => tag === "pinfold-connect";
const templateOptions = { compilerOptions: { isCustomElement } };
process.stdout.write(compileScript(descriptor, { id: "guide", inlineTemplate: true, templateOptions }).content);
