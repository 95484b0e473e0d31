/** Whether secrets are secrets. What opens the gateway, it looks at itself; none of them is ever shown. */
import { statSync } from 'node:fs';
import { isGiven } from '../../platform/secrets';
import { fault, ok, type Check, type Found } from '../finding';

const MAKE_ANOTHER = 'make another: openssl rand -hex 32, and put it where it is read';
const SHORTEST = 24;
const PUBLISHED =
  /change-?me|change-in-production|^(postgres|password|admin|secret)$|^sk-1234$|placeholder|^your|^</i;

export const SECRETS: readonly Check[] = [
  {
    name: "gateway's secrets",
    needs: ['gateway'],
    find: async (facts) => {
      const { secrets } = (await facts.state()).state;
      const found = secrets.map(({ says, severity }): Found => ({
        severity,
        says: says.replace(/\.$/, ''),
        ...(severity === 'note' ? {} : { whatToDo: MAKE_ANOTHER }),
      }));
      return secrets.some(({ severity }) => severity !== 'note')
        ? found
        : [ok('none is a default, a placeholder, or like another'), ...found];
    },
  },
  {
    name: "platform's secrets",
    needs: ['platform'],
    find: ({ site }) => {
      const { platform } = site;
      if (platform === undefined) return [];
      const { folder, secrets, outline } = platform;
      const given = new Set(outline.secrets.filter(isGiven).map(({ name }) => name));
      const names = Object.keys(secrets).filter((name) => (secrets[name] ?? '') !== '' && !isPlain(name));
      const found = names.flatMap((name, place): Found[] => {
        const value = secrets[name] ?? '';
        const twin = names.slice(0, place).find((other) => secrets[other] === value);
        return [
          ...(twin === undefined
            ? []
            : [fault(`${twin} and ${name} in ${folder.secrets} are the same`, MAKE_ANOTHER)]),
          ...(PUBLISHED.test(value.slice(0, 256))
            ? [fault(`${name} in ${folder.secrets} is a default or a placeholder`, MAKE_ANOTHER)]
            : value.length < SHORTEST && !given.has(name)
              ? [fault(`${name} in ${folder.secrets} has only ${value.length} characters`, MAKE_ANOTHER)]
              : []),
        ];
      });
      const { mode } = statSync(folder.path);
      if ((mode & 0o077) !== 0)
        found.push(fault(`others may look into ${folder.path}`, `chmod 700 ${folder.path}`));
      return found.length > 0 ? found : [ok(`none of ${names.length} is a default or like another`)];
    },
  },
];

/** Values of the stack's variables that lie beside the secrets. */
const isPlain = (name: string): boolean => /_subnet$|_name$|_email$/.test(name);
