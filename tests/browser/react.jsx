// A portal of React around the component of docs/EMBED.md.
import { createRoot } from "react-dom/client";
import { ConnectX } from "guide";

const root = document.getElementById("portal");
const told = ({ connection_id: id }) => document.body.append(` the page learns ${id}`);
createRoot(root).render(<ConnectX server={root.dataset.server} onConnected={told} />);
