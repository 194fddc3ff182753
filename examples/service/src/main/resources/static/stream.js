/** The server sends an event at least every 5 seconds. */
const SILENT_MS = 15_000;
const CHECK_EVERY_MS = 1_000;

/**
 * Follows server-sent events forever. A browser reconnects by itself if a connection breaks. It does not reconnect
 * after an answer that is not a stream, nor if a lost connection is only silent. This function does.
 *
 * @param url the address of the events
 * @param handlers by the name of an event, the function that receives its data
 * @param onLost called whenever the connection is lost
 */
export function follow(url, handlers, onLost) {
  let source;
  let receivedAt;

  function open() {
    source?.close();
    receivedAt = Date.now();
    source = new EventSource(url);
    source.onerror = onLost;
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, event => {
        receivedAt = Date.now();
        handle(JSON.parse(event.data));
      });
    }
  }

  function check() {
    if (source.readyState === EventSource.CLOSED || Date.now() - receivedAt > SILENT_MS) {
      onLost();
      open();
    }
  }

  open();
  setInterval(check, CHECK_EVERY_MS);
}
