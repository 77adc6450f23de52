// What the Engagement API takes and gives, by name. Written by tools/docs from the schemas that the
// server serves (src/engage/contract/schemas.json): change those, then `make docs-pages`.

export interface AnonymousSession {
  /** The solution, as the ready line and `millrace versions` name it. */
  app_id: string;
  app_type?: 'consumer';
  browser_language: string;
  referring_site: string;
  user_browser: string;
  device_id?: string;
  device_type?: string;
  ip_address?: string;
  language?: string;
  last_viewed_url?: string;
  location?: string;
  passthrough?: string;
  platform?: string;
  screen_resolution?: string;
  token?: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  phone?: string;
  screen_name?: string;
  /** Not of the published contract. Such as Europe/Lisbon. */
  time_zone?: string;
  /**
   * Not of the published contract. Under which the page tag knows the visitor (docs/page-tag.md).
   */
  anonymous_id?: string;
  /** Not of the published contract. Who the site says that its visitor is. */
  user_id?: string;
  /**
   * Not of the published contract. HMAC-SHA-256 of user_id in hexadecimal digits, under the key of
   * solution.yaml (identify).
   */
  user_proof?: string;
}

export interface AnonymousSessionResponse {
  access_token: string;
  chat_id: string;
  /** The user: `user_id` and `from` everywhere else. */
  id: string;
  web_chat_pype_id: string;
  web_chat_pype_name?: string;
  web_chat_stream_id: string;
  /** Seconds since the epoch. */
  created_at?: number;
  /** Not of the published contract. When the token is over, in seconds since the epoch. */
  expires_at: number;
  /** Not of the published contract. Seconds. */
  expires_in: number;
  masking_rules?: string[];
  role?: string;
  widget_auto_start_with_bot?: boolean;
  widget_data?: Record<string, unknown>;
}

export interface RenewedSession {
  access_token: string;
  expires_at: number;
  expires_in: number;
}

export interface StartChat {
  app_id: string;
  stream_id: string;
  user_id: string;
  pype_id?: string;
  access_token?: string;
  /** `consumer_` and the user id. */
  consumer: string;
  version: '1';
  gateway: 'pypestream_widget';
}

/**
 * Only `msg` is needed (of an embed `app_object`, of a file `file`); the rest is checked when it is
 * given.
 */
export interface SendMessage {
  from?: string;
  user_id?: string;
  from_side?: 'anonymous_consumer' | 'consumer';
  msg?: string | null;
  msg_type?: 'text' | 'embed';
  /**
   * Of msg_type embed: what was answered, as a text or as an object with value, text, label or url.
   */
  app_object?: string | Record<string, unknown> | null;
  /** false: whether an answer is secure is decided by its question. */
  secure_app_object?: boolean | null;
  /** The address of a file, as `files` gives it: the message is the file. */
  file?: string | null;
  file_status?: 'ready';
  /** The same id is one message, however often it is sent. */
  client_msg_id?: string | null;
  /** Given back in the reply of the socket. */
  correlation_id?: unknown;
  campaign_id?: string;
  persist_to_history?: boolean;
  gateway?: string;
  version?: string;
  access_token?: string;
}

/** Not of the published contract. An event of the page around the chat, for context['events']. */
export interface Event {
  name: string;
  detail?: Record<string, unknown> | null;
}

export interface Ping {
  user_id?: string;
  seq?: number;
  access_token?: string;
}

export interface Pong {
  chat_id: string;
  user_id: string;
  seq?: number;
}

export interface Type {
  chat_id?: string;
  from?: string;
  is_typing?: boolean;
  from_side?: string;
}

export interface Snapshot {
  from?: string;
  /** Not of the published contract. The page before the one that had this `before`. */
  before?: number;
  access_token?: string;
}

export interface EndChat {
  pype_id?: string;
  user_id?: string;
  ended_by?: string;
  source?: 'client' | 'server';
  version?: string;
  access_token?: string;
}

export interface Message {
  id: string;
  chat_id: string;
  seq_num: number;
  from: string;
  from_side: 'anonymous_consumer' | 'bot' | 'agent';
  user_id: string;
  msg_type: 'text' | 'embed';
  msg: string;
  /** What can be answered with: buttons for every client; `asset` has all there is. */
  app_object: {
    type: 'buttons';
    buttons: Button[];
    input: 'enabled' | 'disabled';
    asset?: Asset;
    text?: string;
  } | null;
  secure_app_object: boolean;
  client_msg_id: string | null;
  correlation_id?: null;
  gateway: string;
  version: string;
  /** Milliseconds since the epoch. */
  ts: number;
  agent_name?: string;
  expects?: Expects;
  class?: string;
  /**
   * A link that ends. Not of the published contract: with `?size=small` a picture comes small, or
   * as it is where it cannot.
   */
  file?: string;
  file_status?: 'ready';
  file_name?: string;
  file_type?: string;
}

export interface Button {
  label: string;
  /** What is said when it is chosen. */
  value: string;
}

/** Not of the published contract. */
export interface Option {
  /** What is shown, and said when it is chosen. */
  label: string;
  description?: string;
  image?: string;
  /** A page that it opens, besides. */
  url?: string;
  icon?: string;
}

/** Not of the published contract. One of a carousel. */
export interface Card {
  title: string;
  description?: string;
  image?: string;
  buttons?: Option[];
}

/**
 * Not of the published contract. What stands beside the words of a message; what it does not have
 * is left out.
 */
export interface Asset {
  type:
    | 'quick_reply'
    | 'listpicker'
    | 'imagebutton'
    | 'carousel'
    | 'selection'
    | 'webview'
    | 'file_upload'
    | 'datepicker'
    | 'timepicker'
    | 'star_rating';
  options?: Option[];
  cards?: Card[];
  /** Several may be chosen; they are said with commas between. */
  multiple?: boolean;
  /** A webview stands in the conversation instead of over it. */
  embedded?: boolean;
  /** Of an embedded webview, in pixels. */
  height?: number;
  url?: string;
  label?: string;
  cancel_label?: string;
  close_message?: string;
  prompt?: string;
}

/** Not of the published contract. What a typed question takes. */
export interface Expects {
  /** As flows have it, such as email, number, date, yes_no. */
  type: string;
  min?: number;
  max?: number;
  /** A number without a fraction. */
  whole?: boolean;
  earliest?: string;
  latest?: string;
  not_past?: boolean;
  not_future?: boolean;
  /** What is said for yes, in the language of the chat. */
  yes?: string;
  no?: string;
}

export interface Notice {
  chat_id: string;
  notice: 'typing' | 'ended' | 'agent_requested' | 'agent_joined' | 'agent_left';
  is_typing?: boolean;
  /** Of a consumer who is typing. */
  from?: string;
  /** The consumer is typing, in another window or over REST; without it the bot or an agent is. */
  from_side?: 'consumer';
  reason?: string;
  agent_name?: string;
}

export interface SnapshotResponse {
  id: string;
  app_id?: string;
  pype_id?: string;
  pype_name?: string;
  stream_id?: string;
  stream_name?: string;
  status: 'new' | 'active' | 'ended';
  history: Message[];
  seq_num: number;
  start_ts?: number;
  gateway?: string;
  gateway_metadata?: Record<string, unknown>;
  consumer?: string;
  consumer_type?: string;
  consumer_msg_count?: number;
  bot_msg_count?: number;
  agent_msg_count?: number;
  originating_side?: string;
  originator_user_id?: string;
  bot_name?: string;
  bot_enabled?: boolean;
  agent?: string;
  agent_name?: string;
  agent_assign_ts?: number;
  agent_is_assigned?: boolean;
  target_bot_node?: string;
  participants?: unknown[];
  participant_history?: unknown[];
  user_read_counts?: unknown[];
  read_receipts?: unknown[];
  delivery_receipts?: unknown[];
  is_typing?: boolean;
  encrypted?: boolean;
  ended_by?: string;
  version?: number;
  /** Not of the published contract. */
  has_more: boolean;
  /** Not of the published contract. */
  before?: number;
}

export interface FileTaken {
  /** Names the file in the slices that follow. */
  upload: string;
  received: number;
}

export interface File {
  file: string;
  file_status: 'ready';
  file_name: string;
  file_type: string;
}

export interface Error {
  message: string;
  errors: {
    source: string;
    type: string;
    message: string;
  }[];
}

export interface ServerError {
  message: string;
}
