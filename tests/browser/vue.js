// A portal of Vue around the component of docs/EMBED.md.
import { createApp } from "vue";
import ConnectX from "guide";

const root = document.getElementById("portal");
const onConnected = ({ connection_id: id }) => document.body.append(` the page learns ${id}`);
createApp(ConnectX, { server: root.dataset.server, onConnected }).mount(root);
