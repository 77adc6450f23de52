// registerForEvents: events of the page that the chat is told of. Both documented forms are taken:
// a list of names with a target and a list of earlier events, and an object of names and handlers
// with the id of the target and whether to wait for the chat.

export class Listening {
  #tell;
  #stop = new AbortController();

  /** @param {(message: any) => void} tell keeps what comes before the chat is there */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * @param {string[] | Record<string, (event: Event) => void>} handles
   * @param {EventTarget | string} [given]
   * @param {any[] | boolean} [buffer]
   */
  register(handles, given = window, buffer) {
    const isList = Array.isArray(handles);
    if (!isList && (typeof handles !== 'object' || handles === null)) {
      console.warn('You must pass array of custom events');
      return;
    }
    const target = typeof given === 'string' ? document.getElementById(given) : given;
    if (!target) {
      console.warn(`There is no element '${given}' to listen to.`);
      return;
    }
    if (Array.isArray(buffer)) for (const event of buffer) this.#pass(event);
    const {signal} = this.#stop;
    for (const name of isList ? handles : Object.keys(handles)) {
      target.addEventListener(
        name,
        (event) => {
          if (!isList && typeof handles[name] === 'function') handles[name](event);
          this.#pass(event);
        },
        {signal},
      );
    }
  }

  stop() {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  // The detail alone, as published, where it names itself; else with the name of the event.
  /** @param {any} event */
  #pass(event) {
    const detail = event?.detail ?? (event instanceof Event ? {} : event);
    const isNamed = [detail?.name, detail?.event, detail?.type].some(
      (name) => typeof name === 'string' && name,
    );
    if (isNamed || !event?.type) this.#tell(`CUSTOM_EVENT:${JSON.stringify(detail)}`);
    else this.#tell({type: 'millrace:event', name: event.type, detail});
  }
}
