// What a portal in TypeScript says to <pinfold-connect>: it compiles, and what is wrong does not.
import type { PinfoldConnect, PinfoldConnected, PinfoldError } from "../../app/embed/pinfold-connect.js";

const connect: PinfoldConnect = document.createElement("pinfold-connect");
connect.fetchSession = async () => "token";
connect.addEventListener("pinfold:connected", ({ detail }) => {
  const told: PinfoldConnected = detail;
  told.connection_id.trim();
});
connect.addEventListener("pinfold:error", (event) => {
  const { code, message }: PinfoldError = event.detail;
  code.trim() + message;
});
connect.open();
connect.close();
document.querySelector("pinfold-connect")?.open();

// @ts-expect-error a token is a text
connect.fetchSession = async () => 7;
// @ts-expect-error it tells no token
connect.addEventListener("pinfold:connected", ({ detail }) => detail.token);
