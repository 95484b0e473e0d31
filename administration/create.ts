/** New keys. */
import { CliError, EXIT } from './admin-client';
import { number, word, type Command, type Options } from './command';
import { KEY_HEADINGS, keyCells, type KeyRow } from './key-row';

const TERMS = ['alias', 'budget', 'rpm', 'tpm', 'parallel', 'window', 'duration', 'models', 'level'];

const termsOf = (options: Options) =>
  Object.fromEntries(
    Object.entries({
      key_alias: options.values['alias'],
      max_budget: number(options, 'budget'),
      rpm_limit: number(options, 'rpm'),
      tpm_limit: number(options, 'tpm'),
      max_parallel_requests: number(options, 'parallel'),
      budget_duration: options.values['window'],
      duration: options.values['duration'],
      models: options.values['models']?.split(','),
      level: options.values['level'],
    }).filter(([, value]) => value !== undefined),
  );

function purposeOf(options: Options): Record<string, string> {
  const kind = word(options, 0, 'What the key is for (ci, agent, user or workspace)');
  const name = word(options, 1, kind === 'agent' ? 'review or write' : 'Its name');
  switch (kind) {
    case 'ci':
      return { scope: `ci:${name}` };
    case 'agent':
      return { scope: `agent:${name}` };
    case 'user':
      return { scope: 'user', user_id: name };
    case 'workspace': {
      const owner = options.values['owner'];
      if (owner === undefined) throw new CliError('A workspace key needs --owner.', EXIT.usage);
      return { scope: `workspace:${name}`, user_id: owner };
    }
    default:
      throw new CliError(`"${kind}" is no kind of key: ci, agent, user, workspace.`, EXIT.usage);
  }
}

export const create: Command = {
  usage: 'create ci <repository> | agent review|write | user <name> | workspace <id> --owner <user>',
  summary: `Gives out a key and shows it this once. [--${TERMS.join('] [--')}]`,
  options: [...TERMS, 'owner'],
  async run(client, options, output) {
    const shown = await client.post<KeyRow & { key: string }>('/key/generate', {
      ...purposeOf(options),
      ...termsOf(options),
    });
    output.say('The key is shown this once:');
    output.result(shown, ['key', ...KEY_HEADINGS], [[shown.key, ...keyCells(shown)]]);
  },
};
