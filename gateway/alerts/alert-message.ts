/** An alert on its way to a channel. */
import type { AlertWords } from './words';

export interface AlertMessage {
  /** The same for each delivery of the same alert: by it a receiver drops repeats. */
  readonly event: string;
  readonly kind: string;
  readonly severity: string;
  readonly subject: string;
  readonly raisedAt: Date;
  readonly words: AlertWords;
  /** What goes along by mail. @default nothing */
  readonly files?: readonly AlertFile[];
}

export interface AlertFile {
  readonly name: string;
  /** What is `text/html` is shown as the mail itself, beside its text; the rest is attached. */
  readonly type: 'text/csv' | 'text/html';
  readonly body: string;
}

export type DeliveryResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Goes on after "the channel": never with an address, a password or words of the other side's. */
      readonly fault: string;
      /** Milliseconds it asks to be left alone. */
      readonly waitMs?: number;
    };

export interface Sender {
  /** Never rejects, and ends within `DELIVERY_LIMIT_MS`. */
  send(message: AlertMessage): Promise<DeliveryResult>;
  close(): Promise<void>;
}

/** Milliseconds from the look-up of the name to the end of the answer. */
export const DELIVERY_LIMIT_MS = 10_000;
