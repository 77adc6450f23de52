/** Who looks at the page, as its site knows them. */
export interface Visitor {
  /** The site's own id of them. */
  id?: string;
  /**
   * HMAC-SHA-256 of the id, in hexadecimal, made on the site's server with the key that solution.yaml
   * names (`identify`) and pages never see. Scripts find `user_verified` beside `user_id`.
   */
  proof?: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  phone?: string;
  [more: string]: unknown;
}

export interface ChatOptions {
  /** The solution's `app_id`. */
  appId: string;
  /** Where Millrace is; where this package was loaded from, unless it was bundled. */
  server?: string;
  /** The language, such as `pt-BR`; the browser's, unless it is given. */
  locale?: string;
  theme?: 'light' | 'dark' | 'auto';
  /** The chat stands in this element, without a bubble. */
  target?: HTMLElement;
  /** Where the bubble is put; the body. */
  container?: HTMLElement;
  position?: 'bottom-right' | 'bottom-left' | 'top-right' | 'top-left';
  /** Of the bubble; the solution's own, once the chat has been loaded. */
  colour?: string;
  /** What a screen reader says for the bubble. */
  label?: string;
  /** Two short notes when something comes that nobody sees. */
  sound?: boolean;
  /** Open from the beginning. */
  open?: boolean;
  /** A word beside the bubble, once for each visitor, after so many seconds (5). */
  invitation?: {text: string; after?: number};
  visitor?: Visitor;
  /** What the bot is told about the page: `context['user_data']['passthrough']`. */
  context?: Record<string, unknown>;
}

/** What was said. Only for pages whose origin solution.yaml lists. */
export interface Message {
  id: number;
  from: 'bot' | 'agent';
  text: string;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface ChatEvents {
  message: (message: Message) => void;
  /** How many messages nobody has seen. */
  unread: (count: number) => void;
  end: () => void;
  restart: () => void;
  open: () => void;
  close: () => void;
  ready: () => void;
}

export class Chat {
  constructor(options: ChatOptions);
  readonly isOpen: boolean;
  open(): void;
  close(): void;
  toggle(): void;
  /** Ends the conversation and begins another one. */
  restart(): void;
  identify(visitor: Visitor): void;
  /** Tells the bot about the page, as the event `context`. */
  setContext(context: Record<string, unknown>): void;
  setLocale(locale: string): void;
  setTheme(theme: 'light' | 'dark' | 'auto'): void;
  /** Tells the bot of an event. */
  track(name: string, detail?: object): void;
  invite(text: string): void;
  /** Gives a function that stops it. */
  on<Name extends keyof ChatEvents>(event: Name, listener: ChatEvents[Name]): () => void;
  /** Into the page again, where the page has thrown it out. */
  mount(): void;
  /** Takes it out of the page; the conversation can be gone on with later. */
  destroy(): void;
}

export function createChat(options: ChatOptions): Chat;
