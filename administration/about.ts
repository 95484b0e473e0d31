/** What the help of every command of administration says. */
import { DEFAULT_FOLDER } from '../platform/default-folder';

export const GATEWAY_EXITS = { 3: 'refused by the gateway', 4: 'gateway not reached' } as const;

export const environmentNotes = (): string => `Environment:
  GATEWAY_ADMIN_URL         where the admin listener is (http://127.0.0.1:4001)
  GATEWAY_ADMIN_KEY         an admin key, or the master key (also read: GATEWAY_MASTER_KEY, LITELLM_MASTER_KEY)
  GATEWAY_ADMIN_KEY_FILE    a file with it that only you can read (0600), in the place of a variable
Without any of them: the platform that "up" has made in ${DEFAULT_FOLDER}, with its own key.`;

export const KEY_ARGUMENT = [
  '<key>',
  'its alias, hash (six digits are enough), or owner who has only this one',
] as const;
