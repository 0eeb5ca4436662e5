/** What `pinfold:connected` tells. */
export interface PinfoldConnected {
  connection_id: string;
  name: string;
  screen_name: string;
}

/** What `pinfold:error` tells: a problem's code, or `fetch_session_failed` or `refused`. */
export interface PinfoldError {
  code: string;
  message: string;
}

export interface PinfoldConnectEventMap {
  "pinfold:ready": CustomEvent<undefined>;
  "pinfold:connected": CustomEvent<PinfoldConnected>;
  "pinfold:exit": CustomEvent<undefined>;
  "pinfold:error": CustomEvent<PinfoldError>;
  "pinfold:expired": CustomEvent<undefined>;
}

/**
 * Attributes: `server`, `mode` (`inline` or `dialog`), `theme` (`light` or `dark`), `lang`,
 * `frame-title`.
 */
export class PinfoldConnect extends HTMLElement {
  /** Answers a token that your back end minted through `POST /api/v1/sessions`. */
  fetchSession?: () => Promise<string>;
  /** Shows the wizard; in a dialog when the mode is so. */
  open(): void;
  /** Ends it. What is open is cancelled, and `pinfold:exit` says when it is over. */
  close(): void;
  addEventListener<K extends keyof PinfoldConnectEventMap>(
    type: K,
    listener: (this: PinfoldConnect, event: PinfoldConnectEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "pinfold-connect": PinfoldConnect;
  }
}
