/** What the steps of `up` and `upgrade` know. */
import type { SiteWords } from '../certificates/site-words';
import { PlatformContext } from './context';
import type { Secrets } from './secrets';
import { NOTHING_DRAINED, type Drained } from './gateway-rollover';

export interface UpWords extends SiteWords {
  readonly folder: string;
  readonly adminName: string;
  readonly adminEmail: string;
  readonly gatewayBaseImage?: string;
  readonly skipProviderCheck?: boolean;
  /** Put the gateway's document in force where it differs, without asking. */
  readonly publish?: boolean;
}

/** Of `up` and `upgrade`. */
export class UpContext extends PlatformContext {
  /** What became of calls of gateways that were replaced. */
  drained: Drained = NOTHING_DRAINED;
  /** As an earlier run has left them. */
  secretsBefore: Secrets = {};
  /** Of Coder's administrator. */
  adminToken = '';
  /** Seconds that calls under way get when a gateway is replaced. */
  drainSeconds: number | undefined;

  /** The command that puts the gateway's document in force. @default - it is */
  unpublished: string | undefined;

  constructor(
    props: ConstructorParameters<typeof PlatformContext>[0],
    readonly program: string | undefined,
    readonly words: UpWords,
  ) {
    super(props);
  }
}
