import { isPresent, shown } from './block';
import type { Rule } from './rule';

const about = 'data coder_secret';

/** Secrets that people keep in Coder and a template asks for. */
export const USER_SECRET_RULES: readonly Rule[] = [
  {
    id: 'user-secret/one-target',
    about,
    check: (secret) => {
      const given = (['env', 'file'] as const).filter(
        (argument) => isPresent(secret.get(argument)) && secret.text(argument) !== '',
      );
      return given.length === 1
        ? undefined
        : `env or file must be given, and not both, got ${shown(secret.get('env'))} and ${shown(secret.get('file'))}: ` +
            'it names the secret people must have';
    },
  },
];
