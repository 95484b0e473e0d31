/** In whose shape the list of models is asked for: both protocols have it at the same address. */
import type { IncomingHttpHeaders } from 'node:http';

/** Anthropic's clients name the version of its protocol, and bring their key as no others do. */
export const asksAsAnthropic = (headers: IncomingHttpHeaders): boolean =>
  headers['anthropic-version'] !== undefined ||
  (headers['x-api-key'] !== undefined && headers.authorization === undefined);
