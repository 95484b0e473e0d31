/** Edits of the gateway's document, and what is said of each. */
import { modelNamed, type DocumentEdit } from './policy-support';

export const OPUS = 'claude-opus-5-5';
export const LOCAL = {
  provider: 'openai-compatible' as const,
  id: 'small',
  endpoint: 'local',
  price: { input: 1, output: 2, cache_write: 1, cache_read: 0.1 },
};

/** An edit of the document: what is said of it, for whom, and the details that matter. */
export type Row = readonly [
  edit: DocumentEdit,
  says: string,
  concerns: string,
  details?: string,
  older?: DocumentEdit | undefined,
];

export const ROWS: Readonly<Record<string, Row>> = {
  'a larger budget': [
    ({ scopes }) => (scopes.workspace!.max_budget = 15),
    'looser: scope `workspace`: budget $10 a day → $15 a day (+50 %), looser',
    'every workspace key',
  ],
  'a smaller budget': [
    ({ scopes }) => (scopes.user!.max_budget = 15),
    'at-once: scope `user`: budget $20 a day → $15 a day (−25 %), stricter',
    'every personal key',
  ],
  'a budget of nothing': [
    ({ scopes }) => (scopes.ci!.max_budget = 0),
    'breaks: scope `ci`: budget $5 a day → $0 a day (−100 %), stricter',
    'every key of CI',
    'NOTHING CAN BE SPENT',
  ],
  'a longer window with a larger budget': [
    ({ scopes }) => Object.assign(scopes.workspace!, { max_budget: 40, budget_duration: '7d' }),
    'at-once: scope `workspace`: budget $10 a day → $40 a week',
    'every workspace key',
    'On average that is $10 → $5.71 a day (−42.9 %)',
  ],
  'a longer window with the same budget': [
    ({ owner }) => (owner.budget_duration = '30d'),
    'at-once: a person: budget $20 a day → $20 a month, stricter',
    'every person, over all their keys',
  ],
  'a budget for ever': [
    ({ owner }) => (owner.budget_duration = 'none'),
    'at-once: a person: budget $20 a day → $20 for ever, stricter',
    'every person, over all their keys',
    'never opens anew',
  ],
  'fewer requests': [
    ({ scopes }) => (scopes['agent:write']!.rpm_limit = 30),
    'at-once: scope `agent:write`: requests a minute 60 → 30 (−50 %), stricter',
    'every key of an agent that writes',
    'an administrator laid down',
  ],
  'more tokens': [
    ({ scopes }) => (scopes['agent:review']!.tpm_limit = 150_000),
    'looser: scope `agent:review`: tokens a minute 100,000 → 150,000 (+50 %), looser',
    'every key of an agent that reviews',
  ],
  'fewer calls at once': [
    ({ owner }) => (owner.max_parallel_requests = 10),
    'at-once: a person: calls at once 20 → 10 (−50 %), stricter',
    'every person, over all their keys',
  ],
  'keys that die earlier': [
    ({ scopes }) => (scopes.workspace!.max_age_days = 1),
    'breaks: scope `workspace`: keys live 30 days → 1 day (−96.7 %), stricter',
    'every workspace key',
    'one older than 1 day is refused',
  ],
  'keys that die later': [
    ({ scopes }) => (scopes.workspace!.max_age_days = 60),
    'looser: scope `workspace`: keys live 30 days → 60 days (+100 %), looser',
    'every workspace key',
  ],
  'fewer models': [
    ({ scopes }) => (scopes['agent:review']!.models = ['claude-haiku']),
    'breaks: scope `agent:review`: may no longer use `claude-sonnet-4-5` and `claude-sonnet-5-5`, stricter',
    'every key of an agent that reviews',
    'Its list: `claude-sonnet` and `claude-haiku` → `claude-haiku`.',
  ],
  'some models instead of all': [
    ({ scopes }) => (scopes.user!.models = ['claude-haiku', 'claude-opus', 'claude-sonnet', OPUS]),
    'breaks: scope `user`: may no longer use `bedrock-claude-sonnet` and `bedrock-claude-haiku`, stricter',
    'every personal key',
    'Its list: all → `claude-haiku`, `claude-opus`, `claude-sonnet` and `claude-opus-5-5`.',
  ],
  'more models': [
    ({ scopes }) => (scopes.ci!.models = ['claude-haiku', OPUS]),
    `looser: scope \`ci\`: may also use \`${OPUS}\`, looser`,
    'every key of CI',
  ],
  'the same models under other names': [
    ({ scopes }) => (scopes.ci!.models = ['claude-haiku-4-5']),
    'at-once: scope `ci`: models `claude-haiku` → `claude-haiku-4-5`',
    'every key of CI',
  ],
  'a scope that is gone': [
    ({ scopes }) => delete scopes.ci,
    'breaks: scope `ci` removed, stricter',
    'every key of CI',
  ],
  'a new scope': [
    () => undefined,
    'new-only: scope `ci` added, with a budget of $5 a day, looser',
    'every key of CI',
    undefined,
    ({ scopes }) => delete scopes.ci,
  ],
  'another default mode': [
    (document) => (document.default_level = 'design-first'),
    'at-once: default behaviour mode `standard` → `design-first`, stricter',
    'keys that name no mode of their own, and workspaces whose owner chose none',
  ],
  'a floor for everyone': [
    ({ floors }) => (floors.everyone = 'standard'),
    'at-once: floor for everyone `unrestricted` → `standard`, stricter',
    'everyone',
  ],
  'no floor for everyone': [
    () => undefined,
    'looser: floor for everyone `standard` → `unrestricted`, looser',
    'everyone',
    undefined,
    ({ floors }) => (floors.everyone = 'standard'),
  ],
  'a floor for a template': [
    ({ floors }) => (floors.templates.backend = 'standard'),
    'at-once: floor for the template `backend`: none → `standard`, stricter',
    'workspaces of the template `backend`, and personal keys of people who have one',
  ],
  'a floor for a group': [
    ({ floors }) => (floors.groups.juniors = 'design-first'),
    'at-once: floor for the group `juniors`: none → `design-first`, stricter',
    'members of the group `juniors`, and people of whom nobody has told the groups yet',
  ],
  'a floor for a person that is gone': [
    () => undefined,
    'looser: floor for the person `ann`: `standard` → none, looser',
    'the person `ann`, by id or by any name they ever had',
    undefined,
    ({ floors }) => (floors.people.Ann = 'standard'),
  ],
  'a floor that is not above the one for everyone': [
    ({ floors }) => Object.assign(floors, { everyone: 'standard', groups: { juniors: 'standard' } }),
    'cosmetic: floor for the group `juniors`: none → `standard`',
    'members of the group `juniors`, and people of whom nobody has told the groups yet',
    'the floor for everyone is `standard`',
    ({ floors }) => (floors.everyone = 'standard'),
  ],
  'tools that are no longer withheld': [
    (document) => (document.design_first = { withhold_tools: false }),
    'looser: design-first: tools that change things are withheld until there was a proposal: yes → no, looser',
    'everyone at the level `design-first`',
  ],
  'claims that are good for less': [
    (document) => (document.claim_max_age_days = 7),
    'at-once: workspace claims are good for 30 days → 7 days (−76.7 %), stricter',
    'workspaces that were started longer ago and ask for their key',
  ],
  'a budget of a team': [
    ({ teams }) => (teams.groups.alpha = { max_budget: 100, budget_duration: '30d' }),
    'at-once: group `alpha`: a budget that all share, $100 a month, stricter',
    'members of the group `alpha`, together',
  ],
  'a smaller budget of a team': [
    ({ teams }) => (teams.templates.backend = { max_budget: 50, budget_duration: '7d' }),
    'at-once: template `backend`: budget $100 a week → $50 a week (−50 %), stricter',
    'all workspaces made from the template `backend`, together',
    undefined,
    ({ teams }) => (teams.templates.backend = { max_budget: 100, budget_duration: '7d' }),
  ],
  'no budget of a team': [
    () => undefined,
    'looser: group `alpha`: no budget any more that all share, $100 a month before, looser',
    'members of the group `alpha`, together',
    undefined,
    ({ teams }) => (teams.groups.alpha = { max_budget: 100, budget_duration: '30d' }),
  ],
  'shorter answers by default': [
    (document) => (document.default_output_tokens = 16_000),
    'at-once: output tokens by default 32,000 → 16,000 (−50 %), stricter',
    'calls that name no limit of their own',
  ],
  'another time zone': [
    (document) => (document.time_zone = 'Europe/Berlin'),
    'at-once: time zone of budgets `UTC` → `Europe/Berlin`',
    'everyone with a budget',
  ],
  'calls that are kept for less': [
    (document) => (document.retention_days = 7),
    'loses-data: single calls are kept 30 days → 7 days (−76.7 %), stricter',
    'whoever reads reports of single calls',
  ],
  'a dearer model': [
    (document) => Object.assign(modelNamed(document, OPUS).deployments[0]!.price, { input: 5, output: 20.5 }),
    `at-once: model \`${OPUS}\`: \`anthropic/${OPUS}\`: prices changed, dearer`,
    `people who use \`${OPUS}\``,
    'Tokens input: $4 → $5 per million (+25 %).\nTokens output: $20 → $20.5 per million (+2.5 %).',
  ],
  'a cheaper model': [
    (document) => (modelNamed(document, 'claude-sonnet-5-5').deployments[0]!.price.cache_read = 0.075),
    'looser: model `claude-sonnet-5-5`: `anthropic/claude-sonnet-5-5`: prices changed, cheaper',
    'people who use `claude-sonnet-5-5` and `claude-sonnet`',
    'Tokens read from the cache: $0.1 → $0.075 per million (−25 %).',
  ],
  'prices in both directions': [
    (document) => Object.assign(modelNamed(document, OPUS).deployments[0]!.price, { input: 5, output: 10 }),
    `at-once: model \`${OPUS}\`: \`anthropic/${OPUS}\`: prices changed, dearer in part and cheaper in part`,
    `people who use \`${OPUS}\``,
  ],
  'a cache of an hour that is no longer offered': [
    (document) => delete modelNamed(document, OPUS).deployments[0]!.price.cache_write_1h,
    `at-once: model \`${OPUS}\`: \`anthropic/${OPUS}\`: prices changed, stricter`,
    `people who use \`${OPUS}\``,
    'Tokens written to the cache for an hour: no longer offered, $8 per million before.',
  ],
  'another deployment first': [
    (document) => modelNamed(document, OPUS).deployments.reverse(),
    `at-once: model \`${OPUS}\`: \`bedrock/us.anthropic.${OPUS}\` is asked first instead of \`anthropic/${OPUS}\`, dearer`,
    `people who use \`${OPUS}\``,
    'Tokens input: $4 → $4.4 per million (+10 %).',
  ],
  'a deployment more': [
    (document) => modelNamed(document, OPUS).deployments.push(LOCAL),
    `looser: model \`${OPUS}\`: deployment \`openai-compatible/small at local\` added, the 3rd that is asked, looser`,
    `people who use \`${OPUS}\``,
    'Tokens output: $2 per million.',
  ],
  'a deployment less': [
    (document) => modelNamed(document, OPUS).deployments.pop(),
    `at-once: model \`${OPUS}\`: deployment \`bedrock/us.anthropic.${OPUS}\` removed, stricter`,
    `people who use \`${OPUS}\``,
  ],
  'an announced end': [
    (document) => (modelNamed(document, OPUS).deployments[0]!.retires_on = '2027-01-31'),
    `at-once: model \`${OPUS}\`: \`anthropic/${OPUS}\`: announced end none → \`2027-01-31\``,
    `people who use \`${OPUS}\``,
    `From that day on (UTC) \`bedrock/us.anthropic.${OPUS}\` is asked.`,
  ],
  'a model that is gone': [
    (document) => (document.models = document.models.filter(({ name }) => name !== OPUS)),
    `breaks: model \`${OPUS}\` removed, stricter`,
    `people who use \`${OPUS}\``,
    'EVERY CALL THAT NAMES IT IS REFUSED',
  ],
  'a model that another one answers for': [
    (document) => {
      document.models = document.models.filter(({ name }) => name !== 'claude-sonnet-4-5');
      modelNamed(document, 'claude-sonnet-5-5').retired_names = ['claude-sonnet-4-5'];
    },
    'looser: model `claude-sonnet-4-5` removed, `claude-sonnet-5-5` answers for it, cheaper',
    'people who use `claude-sonnet-4-5`',
    'Tokens input: $3 → $2 per million (−33.3 %).',
  ],
  'a model that is called otherwise': [
    (document) => (modelNamed(document, OPUS).name = 'opus'),
    `breaks: model \`${OPUS}\` is called \`opus\` now, stricter`,
    `people who use \`${OPUS}\``,
  ],
  'a model that is called otherwise and answers to its old name': [
    (document) => Object.assign(modelNamed(document, OPUS), { name: 'opus', aliases: [OPUS] }),
    `new-only: model \`${OPUS}\` is called \`opus\` now`,
    `people who use \`${OPUS}\``,
  ],
  'a new model': [
    (document) =>
      document.models.push({
        ...modelNamed(document, OPUS),
        name: 'small',
        aliases: ['tiny'],
        deployments: [LOCAL],
      }),
    'new-only: model `small` added, looser',
    'whoever may use it and asks for it',
    'Also called `tiny`.\nAnswered by `openai-compatible/small at local`.\nTokens input: $1 per million.',
  ],
  'an alias that means another model': [
    (document) => {
      modelNamed(document, 'claude-opus-4').aliases = [];
      modelNamed(document, OPUS).aliases = ['claude-opus'];
    },
    `looser: alias \`claude-opus\` means \`${OPUS}\` instead of \`claude-opus-4\`, cheaper`,
    'people who use `claude-opus`',
    'Tokens output: $25 → $20 per million (−20 %).',
  ],
  'an alias that is gone': [
    (document) => (modelNamed(document, 'claude-opus-4').aliases = []),
    'breaks: alias `claude-opus` of `claude-opus-4` removed, stricter',
    'people who use `claude-opus`',
  ],
  'a new alias': [
    (document) => modelNamed(document, OPUS).aliases.push('opus'),
    `new-only: model \`${OPUS}\`: alias \`opus\` added, looser`,
    'people who use `opus`',
  ],
  'an alias that became a retired name': [
    (document) => {
      const model = modelNamed(document, 'claude-opus-4');
      Object.assign(model, { aliases: [], retired_names: [...(model.retired_names ?? []), 'claude-opus'] });
    },
    'at-once: `claude-opus` is a retired name of `claude-opus-4` now',
    'people who use `claude-opus`',
  ],
  'a successor': [
    (document) => (modelNamed(document, 'claude-opus-4').successor = OPUS),
    `at-once: model \`claude-opus-4\`: successor none → \`${OPUS}\``,
    'people who use `claude-opus-4` and `claude-opus`',
  ],
  'a smaller context': [
    (document) => (modelNamed(document, OPUS).context_window = 500_000),
    `at-once: model \`${OPUS}\`: tokens of context 1,000,000 → 500,000 (−50 %), stricter`,
    `people who use \`${OPUS}\``,
  ],
  'no images any more': [
    (document) => (modelNamed(document, OPUS).supports_images = false),
    `at-once: model \`${OPUS}\`: takes images: yes → no, stricter`,
    `people who use \`${OPUS}\``,
  ],
  'another way to sample': [
    (document) => (modelNamed(document, 'claude-opus-4').sampling = 'both'),
    'at-once: model `claude-opus-4`: sampling parameters it takes `one` → `both`',
    'people who use `claude-opus-4` and `claude-opus`',
  ],
  'another name for people': [
    (document) => (modelNamed(document, OPUS).display_name = 'Opus'),
    `cosmetic: model \`${OPUS}\`: name for people \`Claude Opus 5.5\` → \`Opus\``,
    `people who use \`${OPUS}\``,
  ],
  'the day of the prices': [
    (document) => (document.priced_on = '2026-12-01'),
    'cosmetic: day the prices were taken `2026-11-20` → `2026-12-01`',
    'nobody',
  ],
  'a default that is written out': [
    (document) => delete document.default_output_tokens,
    'cosmetic: the gateway document is written in another way',
    'nobody',
  ],
  'a later version of the document': [
    (document) => Object.assign(document, { version: 2 }),
    'push: version of the document `1` → `2` (+100 %)',
    'whoever runs the gateway',
  ],
  'a member of a later version': [
    (document) => Object.assign(document, { later: { a: 1 } }),
    'at-once: `later` changed, which is not known here',
    'nobody can tell whom',
    '`a`: `1` added',
  ],
  'a member of a later version, of a scope': [
    ({ scopes }) => Object.assign(scopes.ci!, { colour: 'red' }),
    'at-once: `scopes.ci.colour` changed, which is not known here',
    'nobody can tell whom',
  ],
  'a kind of token of a later version': [
    (document) => Object.assign(modelNamed(document, OPUS).deployments[0]!.price, { thinking: 3 }),
    `at-once: \`models.${OPUS}.deployments."anthropic/${OPUS}".price.thinking\` changed, which is not known here`,
    'nobody can tell whom',
    '`3` added',
  ],
};
