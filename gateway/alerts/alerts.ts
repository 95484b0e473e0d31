/** What the rest of the gateway knows of alerts. */
import type { AlertChannel } from '../config/alert-channels';
import type { Logger } from '../log';
import type { DeliveryResult } from './alert-message';
import type { AlertEvent } from './outbox';

export interface Alerts {
  readonly channels: readonly Pick<AlertChannel, 'name' | 'kind'>[];
  /** A logger whose lines "alert" are told as well. */
  readonly logger: Logger;
  /** To be told soon. Never throws, and nobody waits for it. */
  note(alert: AlertEvent): void;
  /** Sends it to each channel that is mail, now, and keeps nothing of it: by the channel's name how it went. */
  mail(alert: AlertEvent): Promise<ReadonlyMap<string, DeliveryResult>>;
  /**
   * Sends a test, now: by the channel's name how it went.
   *
   * @param channel to that one. @default to each
   */
  test(by: string, channel?: string): Promise<ReadonlyMap<string, DeliveryResult>>;
}
