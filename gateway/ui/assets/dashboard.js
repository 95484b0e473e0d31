// What pages do besides: they work without it.
'use strict';

/** Times are written in UTC; here they become the reader's, with UTC beside them on hovering. */
const said = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
for (const time of document.querySelectorAll('time[datetime]')) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) continue;
  time.title = time.textContent;
  time.textContent = said.format(moment);
}

/** A second click before the answer would find the form used, and its answer would be the one that is shown. */
for (const form of document.querySelectorAll('form[data-once]'))
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) return void event.preventDefault();
    form.dataset.sent = 'yes';
    form.setAttribute('aria-busy', 'true');
  });
// Who comes back by the browser's button may send it again; the gateway knows whether it was carried out.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.removeAttribute('aria-busy');
  }
});

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = 'Copied';
  });
}

/** Whoever came here by a fault or a notice wants to read it first. */
document.querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' });
