/** A document as it is written, in one way only, so that two can be told to be the same. */
import { createHash } from 'node:crypto';
import type { GatewayDocument } from '../config/document';

/** As synth writes it. */
export const textOf = (document: GatewayDocument): string => `${JSON.stringify(document, null, 2)}\n`;

/** SHA-256 of its text, in hex. */
export const fingerprintOf = (document: GatewayDocument): string =>
  createHash('sha256').update(textOf(document)).digest('hex');
