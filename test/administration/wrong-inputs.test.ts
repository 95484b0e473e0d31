import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminOf } from '../admin/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { run } from './support';

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(join(tmpdir(), 'wrong-inputs-'));
  const admin = adminOf(gateway);
  for (const key_alias of ['ann-laptop', 'ann-desk'])
    await admin('/key/generate', { user_id: 'ann', key_alias });
  await admin('/key/generate', { user_id: 'bob', key_alias: 'bob' });
  await admin('/budget/new', { budget_id: 'open', rpm_limit: 3 });
  await writeFile(join(folder, 'empty.csv'), '');
  await writeFile(join(folder, 'two-ways.csv'), 'hans;12,50;30\n');
  await writeFile(join(folder, 'list.json'), '[{"user_id":"a"}]');
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

const DOLLARS = 'It must be US dollars in digits, cents behind a point, as 12.50; at most 1000000';
const SOME_DOLLARS = 'It must be US dollars in digits, more than 0 and at most 1000000, as 12.50.';
const WHOLE = 'It must be a whole number in digits, from 1 to 1000000000';
const OR_POLICY = '; or policy, for what the policy says.';
const DURATION = 'It must be a number and s, m, h, d, w or mo, as 30m, 24h, 7d';
const DAY = 'It must be a day of the calendar as YYYY-MM-DD, 2026-11-20.';
const TIME = 'It must be a day as YYYY-MM-DD, or a time with its zone as 2026-11-20T14:00:00Z.';
const WINDOWS = 'Allowed choices are 1d, 24h, 7d, 30d, none, policy.';
const SECRET = `sk-${'a'.repeat(43)}`;
const SEEN = 'Name a key by its alias or its hash: what stands here is seen by others.';

const wrong = (option: string, value: string, says: string): string =>
  `Option '${option}' argument '${value}' is invalid. ${says}`;

/** What is typed, the exit code, and the first line of what is said. */
const TABLE: readonly (readonly [typed: string, code: number, line: string])[] = [
  // Commands
  ['keys dance', 2, "Unknown command 'dance'"],
  ['keys rotat x', 2, "Unknown command 'rotat'"],
  ['key list', 2, "Unknown command 'key'"],
  ['keys spend repotr', 2, "Unknown command 'repotr'"],
  ['peple list', 2, "Unknown command 'peple'"],
  ['budgets delete x', 2, "Unknown command 'delete'"],
  // Options and words
  ['keys list --usr ann', 2, "Unknown option '--usr'"],
  ['keys list --nonsense 1', 2, "Unknown option '--nonsense'"],
  ['keys list ann', 2, "Too many arguments for 'list'. Expected 0 arguments but got 1."],
  ['keys info', 2, "Missing required argument 'key'"],
  ['keys info bob ann', 2, "Too many arguments for 'info'. Expected 1 argument but got 2."],
  ['keys revoke', 2, "Missing required argument 'key'"],
  ['keys create', 2, "Missing required argument 'kind'"],
  ['keys create ci', 2, "Missing required argument 'name'"],
  [
    'keys create car x',
    2,
    "Command-argument value 'car' is invalid for argument 'kind'. Allowed choices are ci, agent, user, workspace.",
  ],
  ['keys create workspace w-1', 2, 'A workspace key needs --owner <user>.'],
  ['keys create ci x --owner ann', 2, '--owner belongs to a workspace key; all others know whose they are.'],
  ['keys list --json --csv', 2, "Option '--json' cannot be used with option '--csv'"],
  ['keys create ci x --quiet --json', 2, "Option '-q, --quiet' cannot be used with option '--json'"],
  ['keys list --status living', 2, wrong('--status <status>', 'living', 'Allowed choices are deleted, all.')],
  ['keys list --idle 0', 2, wrong('--idle <days>', '0', 'It must be a whole number from 1 to 3650.')],
  ['keys list --idle soon', 2, wrong('--idle <days>', 'soon', 'It must be a whole number from 1 to 3650.')],
  ['keys list --user', 2, "Option '--user <user>' argument missing"],
  // Limits
  ['keys create ci x --budget ten', 2, wrong('--budget <dollars>', 'ten', DOLLARS + OR_POLICY)],
  ['keys create ci x --budget -3', 2, wrong('--budget <dollars>', '-3', DOLLARS + OR_POLICY)],
  ['keys create ci x --budget 12,50', 2, wrong('--budget <dollars>', '12,50', DOLLARS + OR_POLICY)],
  ['keys create ci x --budget $5', 2, wrong('--budget <dollars>', '$5', DOLLARS + OR_POLICY)],
  ['keys create ci x --budget 1e3', 2, wrong('--budget <dollars>', '1e3', DOLLARS + OR_POLICY)],
  ['keys create ci x --budget 2000000', 2, wrong('--budget <dollars>', '2000000', DOLLARS + OR_POLICY)],
  ['keys create ci x --window 2d', 2, wrong('--window <window>', '2d', WINDOWS)],
  ['keys create ci x --window day', 2, wrong('--window <window>', 'day', WINDOWS)],
  ['keys create ci x --rpm 0', 2, wrong('--rpm <number>', '0', WHOLE + OR_POLICY)],
  ['keys create ci x --rpm 1.5', 2, wrong('--rpm <number>', '1.5', WHOLE + OR_POLICY)],
  ['keys create ci x --tpm many', 2, wrong('--tpm <number>', 'many', WHOLE + OR_POLICY)],
  ['keys create ci x --parallel -1', 2, wrong('--parallel <number>', '-1', WHOLE + OR_POLICY)],
  ['keys create ci x --duration 1y', 2, wrong('--duration <duration>', '1y', `${DURATION}.`)],
  ['keys create ci x --duration 0d', 2, wrong('--duration <duration>', '0d', `${DURATION}.`)],
  [
    'keys create ci x --models a,,b',
    2,
    wrong('--models <names>', 'a,,b', 'It must be words with commas between them, none of them empty.'),
  ],
  // What only the gateway knows, in words that were typed
  ['keys create ci x --models gpt-9', 3, 'No model is called "gpt-9".'],
  ['keys create ci x --level lax', 3, '--level must be one of unrestricted, standard, design-first.'],
  ['keys create ci x --named-budget none', 3, 'No budget has that id. Ask for them all with "budgets list".'],
  [
    'keys create agent cook',
    3,
    'The policy has no scope "agent:cook": there are workspace, user, ci, agent:review, agent:write, some with a detail behind a colon (user:<name>, ci:<repository>, workspace:<id>).',
  ],
  [
    'keys create user bob --alias bob',
    3,
    "Key with alias 'bob' already exists. Unique key aliases across all keys are required.",
  ],
  // Keys
  [`keys info ${SECRET}`, 2, SEEN],
  [`keys create user ann --alias ${SECRET}`, 2, SEEN],
  [`keys list --search ${SECRET}`, 2, SEEN],
  [`keys create ci x --budget ${SECRET}`, 2, wrong('--budget <dollars>', 'sk-…', DOLLARS + OR_POLICY)],
  [
    'keys info nobody',
    3,
    'There is no key with the alias, the hash or the owner "nobody". "keys list" shows those there are.',
  ],
  [
    'keys revoke abcdef',
    3,
    'There is no key with the alias, the hash or the owner "abcdef". "keys list" shows those there are.',
  ],
  ['keys block ann', 2, 'There are 2 keys of "ann": name one by its hash or alias.'],
  ['keys update bob', 2, 'Nothing to change was named: --budget 20, for instance. See --help.'],
  ['keys rotate bob --grace soon', 2, wrong('--grace <duration>', 'soon', `${DURATION}.`)],
  // Raises
  ['keys raise bob', 2, "Required option '--by <dollars>' not specified"],
  ['keys raise bob --by 5', 2, "Required option '--for <duration>' not specified"],
  ['keys raise bob --by 0 --for 1h', 2, wrong('--by <dollars>', '0', SOME_DOLLARS)],
  ['keys raise bob --by -5 --for 1h', 2, wrong('--by <dollars>', '-5', SOME_DOLLARS)],
  [
    'keys raise bob --by 5 --for tomorrow',
    2,
    wrong('--for <duration>', 'tomorrow', `${DURATION}; or a day or a time with its zone.`),
  ],
  [
    'keys raise bob --by 5 --for 2001-01-01',
    2,
    wrong('--for <duration>', '2001-01-01', 'It must be in the future.'),
  ],
  [
    'keys raise --by 5 --for 1h',
    2,
    'Raise either a key (its alias, hash or owner) or, with --user, a person.',
  ],
  [
    'keys raise bob --user ann --by 5 --for 1h',
    2,
    'Raise either a key (its alias, hash or owner) or, with --user, a person.',
  ],
  [
    'keys raise --user none --by 5 --for 1h',
    3,
    'Nobody has the name or the id "none". "people list" shows those the gateway knows.',
  ],
  // Files
  ['keys import', 2, "Missing required argument 'file'"],
  ['keys import FOLDER/none.csv', 2, 'FOLDER/none.csv cannot be read (ENOENT).'],
  ['keys import FOLDER', 2, 'FOLDER cannot be read (EISDIR).'],
  ['keys import FOLDER/empty.csv', 2, 'FOLDER/empty.csv: there is no user in it.'],
  ['keys import FOLDER/two-ways.csv --dry-run', 2, 'FOLDER/two-ways.csv: nothing was done.'],
  [
    'keys import FOLDER/list.json',
    2,
    'FOLDER/list.json: looks like JSON. With --format litellm-json it is read as what LiteLLM lists.',
  ],
  [
    'keys import FOLDER/two-ways.csv --format xls',
    2,
    wrong('--format <format>', 'xls', 'Allowed choices are csv, semicolon, colon, litellm-json.'),
  ],
  // Reports
  [
    'spend report --by colour',
    2,
    wrong(
      '--by <what>',
      'colour',
      'Allowed choices are user, team, model, workspace, session, key, provider, day.',
    ),
  ],
  ['spend report --from 2026-13-01', 2, wrong('--from <day>', '2026-13-01', DAY)],
  ['spend report --from 2026-02-30', 2, wrong('--from <day>', '2026-02-30', DAY)],
  ['spend report --to yesterday', 2, wrong('--to <day>', 'yesterday', DAY)],
  [
    'spend report --from 2026-11-05 --to 2026-11-01',
    2,
    '--from 2026-11-05 comes after --to 2026-11-01: name the earlier day first.',
  ],
  [
    'keys spend report --size 0',
    2,
    wrong('--size <number>', '0', 'It must be a whole number from 1 to 10000.'),
  ],
  [
    'keys spend report --page one',
    2,
    wrong('--page <number>', 'one', 'It must be a whole number from 1 to 1000000.'),
  ],
  ['spend verify now', 2, "Too many arguments for 'verify'. Expected 0 arguments but got 1."],
  // People
  ['people show', 2, "Missing required argument 'name'"],
  [
    'people show none',
    3,
    'Nobody has the name or the id "none". "people list" shows those the gateway knows.',
  ],
  ['people update ann', 2, 'Nothing to change was named: --budget 20, for instance. See --help.'],
  ['people update ann --budget lots', 2, wrong('--budget <dollars>', 'lots', DOLLARS + OR_POLICY)],
  [
    'people update none --budget 5',
    3,
    'Nobody has the name or the id "none". "people list" shows those the gateway knows.',
  ],
  ['people create ann --budget 5', 3, 'A user with that id exists already. Change it with "people update".'],
  ['people list --size 501', 2, wrong('--size <number>', '501', 'It must be a whole number from 1 to 500.')],
  // Budgets
  ['budgets set interns', 2, 'Nothing to change was named: --budget 20, for instance. See --help.'],
  ['budgets set interns --budget', 2, "Option '--budget <dollars>' argument missing"],
  ['budgets show none', 3, 'No budget has the name "none". "budgets list" shows those there are.'],
  ['budgets remove none', 3, 'No budget has the name "none". "budgets list" shows those there are.'],
  [
    'budgets raise open --by 5',
    1,
    'The budget "open" leaves the money to the policy: give it an amount with "budgets set open --budget <dollars>".',
  ],
  ['budgets raise open --by nothing', 2, wrong('--by <dollars>', 'nothing', SOME_DOLLARS)],
  // Administrators
  ['admins create eve', 2, "Required option '--role <role>' not specified"],
  ['admins create eve --role boss', 2, wrong('--role <role>', 'boss', 'Allowed choices are admin, viewer.')],
  [
    'admins create master --role admin',
    3,
    'An admin key of that name is in use. Revoke it first, or take another name.',
  ],
  ['admins create e*e --role admin', 3, '<name> must match pattern "^[A-Za-z0-9][A-Za-z0-9._@-]*$".'],
  ['admins revoke nobody', 3, 'No admin key that works has the name "nobody". "admins list" shows them.'],
  // The trail
  ['audit list --from lately', 2, wrong('--from <time>', 'lately', TIME)],
  ['audit list --from 2026-11-20T14:00:00', 2, wrong('--from <time>', '2026-11-20T14:00:00', TIME)],
  [
    'audit list --from 2026-11-05 --to 2026-11-01',
    2,
    '--from 2026-11-05 comes after --to 2026-11-01: name the earlier one first.',
  ],
  ['audit list --size 1000', 2, wrong('--size <number>', '1000', 'It must be a whole number from 1 to 500.')],
];

/** Processes at once. */
const AT_ONCE = 4;

test(`each of ${TABLE.length} wrong inputs gets its line, its exit code, and nothing else`, async () => {
  const waiting = [...TABLE];
  const found = new Map<string, readonly [number | null, string, string]>();
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      const typed = row[0].replaceAll('FOLDER', folder).split(' ');
      const { code, out, err } = await run(gateway.adminUrl, typed);
      const [line = ''] = err.replaceAll(folder, 'FOLDER').split('\n');
      found.set(row[0], [code, out, line]);
      expect([row[0], err]).not.toEqual([row[0], expect.stringMatching(/\n {4}at |\[object |sk-a/)]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(TABLE.map(([typed]) => [typed, ...(found.get(typed) ?? [])])).toEqual(
    TABLE.map(([typed, code, line]) => [typed, code, '', line]),
  );
});

test.each<[string, Record<string, string>, number, string]>([
  [
    'no key',
    {},
    2,
    'Set GATEWAY_ADMIN_KEY or GATEWAY_MASTER_KEY, or GATEWAY_ADMIN_KEY_FILE to a file that only you can read.',
  ],
  [
    'a wrong key',
    { GATEWAY_ADMIN_KEY: 'sk-wrong' },
    3,
    'The gateway does not take the key of GATEWAY_ADMIN_KEY: it is neither its master key nor an admin key that holds.',
  ],
  [
    'a key with a break',
    { GATEWAY_MASTER_KEY: 'sk-a\nb' },
    2,
    'GATEWAY_MASTER_KEY holds no key: it must be one word of plain letters, digits and signs.',
  ],
  [
    'a file that is not there',
    { GATEWAY_ADMIN_KEY_FILE: '/none' },
    2,
    'GATEWAY_ADMIN_KEY_FILE: /none cannot be read.',
  ],
  [
    'no URL',
    { GATEWAY_ADMIN_KEY: 'sk-a', GATEWAY_ADMIN_URL: 'gateway' },
    2,
    'GATEWAY_ADMIN_URL must be a URL that starts with http:// or https://.',
  ],
  [
    'the clear',
    { GATEWAY_ADMIN_KEY: 'sk-a', GATEWAY_ADMIN_URL: 'http://gw.example.com' },
    2,
    'GATEWAY_ADMIN_URL leads to gw.example.com in the clear: use https, or a tunnel to this machine.',
  ],
  [
    'nobody there',
    { GATEWAY_ADMIN_KEY: 'sk-a', GATEWAY_ADMIN_URL: 'http://127.0.0.1:9' },
    4,
    'The admin listener does not answer at http://127.0.0.1:9. Is the gateway running, and GATEWAY_ADMIN_URL right?',
  ],
])('an environment with %s', async (_, env, code, line) => {
  const ran = await run(gateway.adminUrl, ['keys', 'list'], env);
  expect(ran).toEqual({ code, out: '', err: `${line}\n` });
});
