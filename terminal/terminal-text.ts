/** Text from elsewhere, as a terminal may get it. */

/** C0 and C1 controls, which terminals obey, and the marks by which text is shown in another order than it has. */
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** UTF-16 units; what is longer is no message. */
const LONGEST = 4_000;

/** JSON text as JSON text that holds none of them but its own line breaks. */
export const escapeObeyed = (json: string): string =>
  json.replace(OBEYED, (mark) =>
    mark === '\n' ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** On one line, without anything that a terminal would obey. */
export const forTerminal = (text: string): string => text.slice(0, LONGEST).replace(OBEYED, '?');

/** Longer than any word that names one: what follows `sk-` is a secret then. */
const KEYS = /\bsk-[A-Za-z0-9_-]{12,}/g;

/** A message that quotes what was sent never shows a key. */
export const withoutKeys = (text: string): string => text.replace(KEYS, 'sk-…');
