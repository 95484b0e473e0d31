/** Which secrets are in use and who still uses a former one, over all processes: put together, and taken apart. */
import type { Settings } from '../config/environment';
import type { Logger } from '../log';
import type { Database } from '../store/database';
import { holdSecrets } from './held-secrets';
import { ownSecrets, type OwnSecret } from './own-secrets';
import { createSecretUses, type SecretUses } from './secret-uses';

export interface SecretWatch {
  readonly uses: SecretUses;
  /** By their names. */
  readonly own: ReadonlyMap<string, OwnSecret>;
  /** Brings the store up to date, before it is read. */
  tell(): Promise<void>;
  close(): Promise<void>;
}

export async function watchSecrets(
  settings: Settings,
  database: Database,
  logger: Logger,
  now: () => Date,
): Promise<SecretWatch> {
  const own = await ownSecrets(settings);
  const uses = createSecretUses(database, now);
  const held = holdSecrets(database, logger, own, uses);
  return {
    uses,
    own: new Map(own.map((each) => [each.secret, each])),
    tell: () => held.tell(),
    close: () => held.close(),
  };
}
