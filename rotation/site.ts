/** A gateway whose secrets are changed: where its secrets are kept, and how its processes get them. */
import type { Secrets } from '../platform/secrets';
import type { Phase, Rotated } from './rotated-secrets';
import type { ShownSecrets } from './shown-secrets';

/** Names of the two entries of a secret. */
export interface Entries {
  readonly current: string;
  readonly beside: string;
}

export interface Site {
  /** As they are written down just now. */
  read(): Secrets;
  /** Writes all of them down, at once or not at all. */
  write(secrets: Secrets): void;
  entriesOf(name: Rotated): Entries;
  /** Entry of the secret that workspace keys are derived from. */
  readonly keySecret: string;
  /** What the gateway calls a value: by it two are compared. */
  printOf(name: Rotated, value: string): Promise<string>;
  newValue(name: Rotated, former: string): string;
  /** Makes every gateway process hold what is written down, one after the other. */
  roll(stop: AbortSignal): Promise<string | void>;
  /** What there is to do beside, as a phase begins and before the gateways hear of it. */
  before?(name: Rotated, phase: Phase, stop: AbortSignal): Promise<string | void>;
  /** What there is to do once all of them hold it. */
  after?(name: Rotated, phase: Phase, stop: AbortSignal): Promise<string | void>;
  shown(stop: AbortSignal): Promise<ShownSecrets>;
}
