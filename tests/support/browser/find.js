// The visible element of a role (arguments[0]) and an accessible name (arguments[1]), or null.
const [role, wanted] = arguments;
const roles = {
  button: "button:not([role]), [role=button], input[type=submit]",
  choice: "input[type=checkbox], input[type=radio]",
  field: "input:not([type=checkbox]):not([type=radio]), textarea, select",
  heading: "h1, h2, h3, h4",
  item: "[role=menuitem]",
  link: "a[href]",
  tab: "[role=tab]",
};
const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const inner = (nodes) => tidy([...nodes].map((node) => node.textContent).join(" "));
const ids = (element) =>
  tidy(element.getAttribute("aria-labelledby")).split(" ").filter(Boolean)
    .map((id) => document.getElementById(id)).filter(Boolean);
const name = (element) =>
  inner(ids(element)) || tidy(element.getAttribute("aria-label")) || inner(element.labels ?? []) ||
  inner([element]) || tidy(element.value);
// What a name may carry besides: that a field is optional, that a link opens a tab.
const plain = (text) => tidy(text.replace(/\(opens in a new tab\)|optional$|[↗▾◐]/g, ""));
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
};
const matches = (text) => text === wanted || plain(text) === wanted ||
  (wanted.endsWith("…") && text.startsWith(wanted.slice(0, -1)));
return [...document.querySelectorAll(roles[role])]
  .find((element) => shown(element) && matches(name(element))) ?? null;
