/** Users and their keys from a file: `name,budget,rpm` a line. Running it again gives out nothing twice. */
import { readFileSync } from 'node:fs';
import { CliError, EXIT } from './admin-client';
import { word, type Command } from './command';
import { parseCsv } from './table';

interface Line {
  readonly name: string;
  readonly budget: number;
  readonly rpm: number | undefined;
}

function readLines(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CliError(`${path} cannot be read.`, EXIT.usage);
  }
  const rows = parseCsv(text).filter(([name]) => !/^(name|user|username|user_id)$/i.test(name ?? ''));
  const faults: string[] = [];
  const lines = rows.map(([name = '', budget = '', rpm = ''], at) => {
    const line = { name, budget: Number(budget), rpm: rpm === '' ? undefined : Number(rpm) };
    if (name === '' || budget === '' || !(line.budget >= 0) || (line.rpm !== undefined && !(line.rpm >= 1)))
      faults.push(`row ${at + 1}: name,budget in dollars,requests a minute`);
    return line;
  });
  if (faults.length > 0) throw new CliError(`${path}:\n${faults.join('\n')}`, EXIT.usage);
  return lines;
}

export const importUsers: Command = {
  usage: 'import <users.csv>',
  summary: 'A key for each line "name,budget,rpm"; a user who has one keeps it, with the budget of the file.',
  options: [],
  async run(client, options, output) {
    const lines = readLines(word(options, 0, 'The file'));
    const results: { name: string; state: string; key: string | null }[] = [];
    for (const { name, budget, rpm } of lines) {
      const terms = { max_budget: budget, ...(rpm === undefined ? {} : { rpm_limit: rpm }) };
      const { keys } = await client.get<{ keys: { token: string }[] }>('/key/list', {
        key_alias: name,
        return_full_object: true,
      });
      const [known] = keys;
      if (known) {
        await client.post('/key/update', { key: known.token, ...terms });
        results.push({ name, state: 'kept', key: null });
        continue;
      }
      const { key } = await client.post<{ key: string }>('/key/generate', {
        key_alias: name,
        user_id: name,
        ...terms,
        metadata: { workspace_user: name, created_by: 'import' },
      });
      results.push({ name, state: 'created', key });
    }
    if (results.some(({ key }) => key !== null)) output.say('New keys are shown this once.');
    output.result(
      results,
      ['user', 'state', 'key'],
      results.map(({ name, state, key }) => [name, state, key]),
    );
  },
};
