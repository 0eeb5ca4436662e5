// All that a portal's page has to do.
const events = document.getElementById("events");
const wizards = document.querySelectorAll("pinfold-connect");

for (const wizard of wizards) {
  wizard.fetchSession = async () => {
    const answer = await fetch("/pinfold-session", { method: "POST" });
    if (!answer.ok) throw new Error(`the portal answered ${answer.status}`);
    return (await answer.json()).token;
  };
  for (const name of ["ready", "connected", "exit", "error", "expired"]) {
    wizard.addEventListener(`pinfold:${name}`, ({ detail }) => {
      const item = document.createElement("li");
      item.textContent = `${wizard.id}: ${name} ${detail ? JSON.stringify(detail) : ""}`;
      events.append(item);
    });
  }
}

document.getElementById("dialog").onclick = () => document.getElementById("modal").open();
document.getElementById("dark").onclick = ({ target }) => {
  const dark = target.ariaPressed !== "true";
  target.ariaPressed = String(dark);
  document.documentElement.classList.toggle("dark", dark);
  for (const wizard of wizards) wizard.setAttribute("theme", dark ? "dark" : "light");
};
