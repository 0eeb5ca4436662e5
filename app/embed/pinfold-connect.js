// @ts-check
/**
 * `<pinfold-connect>`: Pinfold's wizard in a page of yours. How it is used, and what the two sides say
 * to each other, is in docs/EMBED.md. It asks no server itself, keeps no token, and posts to no origin
 * but the server's.
 */

/** Set on the element with `--pinfold` before them; the frame takes these and no others. */
const LOOK = ["-accent-hue", "-radius-card", "-radius-control", "-font"];
const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
/** Longer than a slow line takes to load the wizard; in milliseconds. */
const PATIENCE = 30_000;
/** Until the console has a hint; in milliseconds. */
const HINT = 5_000;
/** Between two tokens, so that one that never works is not fetched without an end. */
const PAUSE = 3_000;
/** What the frame gets to cancel what is open, before it goes. */
const FAREWELL = 2_000;

const style = new CSSStyleSheet();
style.replaceSync(
  ":host{display:block}:host([mode=dialog]){display:contents}:host([hidden]){display:none}" +
    "iframe{display:block;border:0;width:100%;height:24rem;color-scheme:normal}" +
    "dialog{padding:0;border:0;border-radius:12px;width:min(44rem,94vw);max-height:94vh}",
);

export class PinfoldConnect extends HTMLElement {
  static observedAttributes = ["server", "mode", "theme", "lang"];

  /** @type {HTMLIFrameElement | undefined} */
  #frame;
  /** @type {HTMLDialogElement | undefined} */
  #dialog;
  /** @type {MessagePort | undefined} */
  #port;
  #origin = "";
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
  }

  connectedCallback() {
    if (this.getAttribute("mode") !== "dialog") this.open();
  }

  disconnectedCallback() {
    this.#remove();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === "theme" || name === "lang") this.#say({ type: "look", ...this.#look() });
    else if (this.isConnected) {
      this.#remove();
      this.connectedCallback();
    }
  }

  /** Shows the wizard; in a dialog when the mode is so. */
  open() {
    if (this.#frame || !this.isConnected) return;
    this.#origin = new URL(this.getAttribute("server") || import.meta.url, document.baseURI).origin;
    const frame = (this.#frame = document.createElement("iframe"));
    const title = this.getAttribute("frame-title") || "Connect an X account";
    frame.title = title;
    frame.setAttribute("sandbox", SANDBOX);
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    frame.src = `${this.#origin}/connect?embed=1&origin=${encodeURIComponent(location.origin)}`;
    addEventListener("message", this.#greet);
    const message = `${this.#origin} did not answer; is ${location.origin} one of its --allow-origin?`;
    this.#timer = setTimeout(() => {
      this.#remove();
      this.#tell("error", { code: "refused", message });
    }, PATIENCE);
    // A browser that refuses to show it says so to nobody: whoever sets this up looks here first.
    setTimeout(() => {
      if (this.#frame === frame && !this.#port) console.warn(`pinfold-connect: ${message}`);
    }, HINT);
    if (this.getAttribute("mode") !== "dialog") {
      this.shadowRoot?.append(frame);
      return;
    }
    const dialog = (this.#dialog = document.createElement("dialog"));
    dialog.ariaLabel = title;
    dialog.append(frame);
    dialog.oncancel = (event) => {
      event.preventDefault();
      this.close();
    };
    dialog.onclick = ({ target }) => {
      if (target === dialog) this.close();
    };
    this.shadowRoot?.append(dialog);
    dialog.showModal();
  }

  /** Ends it. What is open is cancelled, and `pinfold:exit` says when it is over. */
  close() {
    if (!this.#frame) return;
    this.#dialog?.close();
    if (this.#port) {
      this.#say({ type: "close" });
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#exit(), FAREWELL);
    } else this.#exit();
  }

  /** @param {MessageEvent} event */
  #greet = ({ source, origin, data }) => {
    const frame = this.#frame?.contentWindow;
    if (!frame || source !== frame || origin !== this.#origin) return;
    if (data?.type !== "pinfold:hello") return;
    clearTimeout(this.#timer);
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#hear(data);
    frame.postMessage({ type: "pinfold:port" }, this.#origin, [port2]);
    this.#give();
  };

  /** @param {Record<string, any>} message */
  #hear({ type, px, code, message, connection_id, name, screen_name }) {
    if (type === "height") {
      if (this.#frame) this.#frame.style.height = `${Math.min(+px || 0, 9999)}px`;
    } else if (type === "ready") this.#tell(type);
    else if (type === "connected") this.#tell(type, { connection_id, name, screen_name });
    else if (type === "error") this.#tell(type, { code, message });
    else if (type === "exit") this.#exit();
    else if (type === "expired") {
      this.#tell(type);
      this.#give();
    }
  }

  /** Gives the frame a token. A frame that was loaded anew meanwhile asks for itself. */
  async #give() {
    const port = this.#port;
    const wait = this.#asked + PAUSE - Date.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    this.#asked = Date.now();
    try {
      // @ts-ignore: a missing one is an answer as well.
      const token = await this.fetchSession();
      if (!token || typeof token !== "string") throw new TypeError("fetchSession gave no token");
      port?.postMessage({ type: "session", token, ...this.#look() });
    } catch (error) {
      port?.postMessage({ type: "no-session" });
      this.#tell("error", { code: "fetch_session_failed", message: String(error) });
    }
  }

  #look() {
    const computed = getComputedStyle(this);
    /** @type {Record<string, string>} */
    const vars = {};
    for (const name of LOOK) {
      const value = computed.getPropertyValue("--pinfold" + name).trim();
      if (value) vars["-" + name] = value;
    }
    const theme = this.getAttribute("theme");
    const lang = this.closest("[lang]")?.getAttribute("lang") || null;
    return { theme: theme === "light" || theme === "dark" ? theme : null, lang, vars };
  }

  /** @param {object} message */
  #say(message) {
    this.#port?.postMessage(message);
  }

  /** @param {string} name @param {object} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`pinfold:${name}`, { bubbles: true, detail }));
  }

  #exit() {
    this.#remove();
    this.#tell("exit");
  }

  #remove() {
    clearTimeout(this.#timer);
    removeEventListener("message", this.#greet);
    this.#port?.close();
    this.#dialog?.close();
    (this.#dialog ?? this.#frame)?.remove();
    this.#port = this.#dialog = this.#frame = undefined;
  }
}

// There for frameworks that look whether a property is one, and no field: what was set before this
// script came stays.
/** @type {(() => Promise<string>) | undefined} */
PinfoldConnect.prototype.fetchSession = undefined;

if (!customElements.get("pinfold-connect")) {
  customElements.define("pinfold-connect", PinfoldConnect);
}
