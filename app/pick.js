// Part of the packed page's `boot.js`: loads the program that has the page of this address
// (app/src/programs.rs), and asks for all of it at once. The build writes programs.js.
import { programs } from "./programs.js";

const has = (pages) => pages.test(location.pathname.replace(/\/$/, ""));
const name = has(/\/connect(ions\/new)?$/) ? "connect"
  : has(/\/(apps|activity|move|keys|links|webhooks)$/) ? "admin" : "manage";
// `pinfold dist` writes what the script has to be.
const { script, wasm, integrity = "" } = programs[name];

const add = (tag, attributes) => document.head.append(Object.assign(document.createElement(tag), attributes));
add("link", { rel: "preload", as: "script", href: script, integrity });
add("link", { rel: "preload", as: "fetch", type: "application/wasm", crossOrigin: "", href: wasm });
// It fills the shell, which must be there.
addEventListener("DOMContentLoaded", () => add("script", { src: script, integrity }));
