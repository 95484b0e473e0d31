/** The secrets of this process by their prints. */
import { passwordOf } from '../config/database-url';
import type { Settings } from '../config/environment';
import { keySecretsOf } from '../keys/key-derivation';
import { printOf, slowPrintOf } from './secret-print';

export interface OwnSecret {
  /** `master`, `key`, `database`, `claim`; `claim/NAME` is a template's own. */
  readonly secret: string;
  /** Undefined: not set. */
  readonly print: string | undefined;
  readonly previous: string | undefined;
}

const CLAIM_OF = 'claim/';

export const claimOf = (template: string): string => `${CLAIM_OF}${template}`;

export async function ownSecrets(settings: Settings): Promise<OwnSecret[]> {
  const { masterKey, masterKeyPrevious, claimSecret, claimSecretPrevious } = settings;
  const keys = keySecretsOf(settings);
  const of = <T>(value: T | undefined, print: (value: T) => string): string | undefined =>
    value === undefined ? undefined : print(value);
  const claim = (value: string): string => printOf('claim', value);
  const login = (url: string | undefined): Promise<string | undefined> | undefined =>
    url === undefined ? undefined : slowPrintOf('database', passwordOf(url));
  return [
    {
      secret: 'master',
      print: printOf('master', masterKey),
      previous: of(masterKeyPrevious, (value) => printOf('master', value)),
    },
    { secret: 'claim', print: of(claimSecret, claim), previous: of(claimSecretPrevious, claim) },
    ...[...settings.claimSecrets].map(([template, value]) => ({
      secret: claimOf(template),
      print: claim(value),
      previous: undefined,
    })),
    {
      secret: 'key',
      print: printOf('key', keys.current),
      previous: of(keys.previous, (value) => printOf('key', value)),
    },
    {
      secret: 'database',
      print: await login(settings.databaseUrl),
      previous: await login(settings.databaseUrlPrevious),
    },
  ];
}
