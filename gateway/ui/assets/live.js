// What changes while a page is open: figures, the number of new calls, that of current alerts. Pages are whole without it.
'use strict';

(() => {
  const top = document.querySelector('[data-live]');
  if (top === null || !window.EventSource) return;
  const list = document.querySelector('[data-live-calls]');
  const button = list?.querySelector('a');
  const url = list === null ? top.dataset.live : list.dataset.liveCalls;

  /** Milliseconds until the next try, doubled by each that fails. */
  const FIRST_PAUSE_MS = 2_000;
  const LONGEST_PAUSE_MS = 60_000;
  let source;
  let timer;
  let failures = 0;
  let isOver = false;

  const say = (name, text) => {
    for (const element of document.querySelectorAll(`[data-figure="${name}"]`)) {
      if (element.textContent === text) continue;
      element.textContent = text;
      if (element.classList.contains('count')) element.hidden = text === '0';
    }
  };
  const setStale = (isStale) => document.documentElement.toggleAttribute('data-stale', isStale);

  const events = {
    figures: (figures) => {
      for (const [name, text] of Object.entries(figures)) say(name, String(text));
    },
    news: ({ count, isMore }) => {
      if (!button) return;
      const many = isMore
        ? `More than ${count} new calls`
        : count === 1
          ? '1 new call'
          : `${count} new calls`;
      if (button.textContent !== many) button.textContent = many;
      button.hidden = count === 0 && !isMore;
    },
    state: ({ isAway }) => setStale(isAway),
    over: ({ why }) => {
      // A gateway that ends has a successor; a session has none.
      isOver = why === 'session';
      setStale(true);
      if (isOver) close();
    },
  };

  function open() {
    clearTimeout(timer);
    if (source || isOver || document.hidden) return;
    source = new EventSource(url);
    for (const [name, handle] of Object.entries(events))
      source.addEventListener(name, (event) => {
        if (name !== 'over') failures = 0;
        handle(JSON.parse(event.data));
      });
    source.onerror = () => {
      close();
      setStale(true);
      if (isOver) return;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      failures += 1;
      // By chance, so that all pages of a gateway that comes back do not come at once.
      timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
    };
  }
  function close() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
})();
