/**
 * Everything in the file that is no model: what there is here in its place. Budgets for new keys and for people are taken
 * over; all else is told.
 *
 * Source: https://docs.litellm.ai/docs/proxy/config_settings
 */
import type { Policy, Scope } from '../../src/policy';
import { isEntry, type Entry, type LitellmConfig } from './config-file';
import { isReference, sourceOf, type Report } from './report';

type Advice = readonly [matches: RegExp, says: string];

/** For a name in its section; the first that matches. Names that begin with `.` are looked for in every section. */
const ADVICE: Readonly<Record<string, readonly Advice[]>> = {
  litellm_settings: [
    [
      /^drop_params$/,
      'so it is here: fields that neither cost nor do anything and that a provider does not know are left out.',
    ],
    [
      /^(turn_off_message_logging|redact_)/,
      'so it is here: nothing of what is said is stored (docs/content-logging.md).',
    ],
    [
      /^(success_|failure_)?callbacks?$/,
      'Langfuse and OpenTelemetry: docs/observability-traces.md. Prometheus: /metrics of the admin listener. Sums and calls are in Postgres. Programs of your own are not run; behaviour modes take the place of a hook that adds prompts.',
    ],
    [/^langfuse_/, 'what goes to Langfuse is in docs/observability-traces.md.'],
    [
      /^(cache$|cache_params)/,
      'answers are not kept and not given twice; the cache of the provider works as before.',
    ],
    [
      /^max_end_user_budget/,
      'budgets are those of keys, people, templates and groups: see "owner" and "teams" of the policy.',
    ],
    [
      /^(max_budget|budget_duration)$/,
      'there is no budget over everything: use those of people, templates and groups.',
    ],
    [
      /^default_team_settings|^default_team_params/,
      'teams are templates and Coder groups: "teams" of the policy.',
    ],
    [
      /^(default_internal_user_params|upperbound_key_generate_params|key_generation_settings)/,
      'who may have what is in the scopes of the policy; keys are given out by administrators, and by workspaces for themselves.',
    ],
    [
      /^(context_window|content_policy|default)_fallbacks$/,
      'nobody gets an answer of another model than they asked for.',
    ],
    [
      /^(num_retries|request_timeout|timeout|allowed_fails|cooldown_time|force_ipv4|ssl_)/,
      'tries, pauses and times are the gateway’s own (docs/gateway.md).',
    ],
    [
      /^(set_verbose|json_logs|telemetry)$/,
      'the log is lines of JSON; LOG_LEVEL says how much. Nothing is sent to anybody.',
    ],
    [/^(guardrails|mcp_|vector_store)/, 'not offered here.'],
  ],
  general_settings: [
    [/^master_key$/, 'make a new one of 32 characters or more; LiteLLM’s own stays there while both run.'],
    [/^database_url$/, 'the gateway needs a database of its own (DATABASE_URL), beside that of LiteLLM’s.'],
    [/^database_/, 'connections to the database are the gateway’s own matter.'],
    [
      /^store_model_in_db$/,
      'models that were added in LiteLLM’s pages are in its database and not in this file: add them by hand.',
    ],
    [/^(alerting|alert_|slack_|email)/, 'docs/alerts.md.'],
    [
      /^(pass_through_endpoints|enable_jwt_auth|custom_|litellm_jwtauth)/,
      'not offered here: every call passes the same stages.',
    ],
    [
      /^maximum_spend_logs_retention|^disable_spend/,
      'single calls become daily sums after "retentionDays" of the policy.',
    ],
    [
      /^(max_parallel_requests|global_max_parallel_requests)$/,
      'how many calls go at once is a limit of keys and people: the policy.',
    ],
    [/^proxy_|^background_health|^health_/, 'nothing has to be set for it.'],
  ],
  router_settings: [
    [/^(model_group_alias|fallbacks)$/, ''],
    [/^redis_/, 'no Redis: what several processes share is in Postgres.'],
    [
      /^(routing_strategy|enable_pre_call_checks|.*tag_filtering)/,
      'deployments are asked in the order of the catalog.',
    ],
    [/fallbacks$/, 'nobody gets an answer of another model than they asked for.'],
    [/./, 'tries, pauses and times are the gateway’s own (docs/gateway.md).'],
  ],
};
const READ = {
  litellm_settings: [
    'fallbacks',
    'default_key_generate_params',
    'max_internal_user_budget',
    'internal_user_budget_duration',
  ],
};
/** Sections that are read, or told by themselves. */
const KNOWN_SECTIONS = ['model_list', 'environment_variables', ...Object.keys(ADVICE)];
const MOST_TOLD = 100;

/** What of the policy the file says otherwise. */
export interface PolicyChanges {
  readonly user: Partial<Scope>;
  readonly owner: Partial<Policy['owner']>;
}

export function settingsOf(config: LitellmConfig, report: Report): PolicyChanges {
  for (const [section, advice] of Object.entries(ADVICE))
    tellSection(section, config.section(section), advice, report);
  for (const name of Object.keys(config.section('environment_variables')).slice(0, MOST_TOLD))
    report.look(
      `environment_variables.${name.slice(0, 64)}`,
      'its value is not copied; set what is needed of it where the gateway starts.',
    );
  for (const name of config.names.filter((each) => !KNOWN_SECTIONS.includes(each)).slice(0, MOST_TOLD))
    report.leaveOut(
      name.slice(0, 64),
      name === 'include'
        ? 'Files that it names are not read: import them one by one.'
        : 'Not known here, or not offered.',
    );
  const { master_key: master } = config.section('general_settings');
  if (typeof master === 'string' && !isReference(master))
    report.look(
      'general_settings.master_key',
      `it is ${sourceOf(master)}: whoever can read the file can use it.`,
    );
  return policyOf(config.section('litellm_settings'), report);
}

function tellSection(section: string, members: Entry, advice: readonly Advice[], report: Report): void {
  const read = section === 'litellm_settings' ? READ.litellm_settings : [];
  for (const name of Object.keys(members)
    .filter((each) => !read.includes(each))
    .slice(0, MOST_TOLD)) {
    const [, says = 'Not known here.'] = advice.find(([matches]) => matches.test(name.slice(0, 64))) ?? [];
    if (says !== '') report.leaveOut(`${section}.${name.slice(0, 64)}`, says);
  }
}

const WINDOWS: Readonly<Record<string, '1d' | '7d' | '30d'>> = {
  '24h': '1d',
  '1d': '1d',
  '7d': '7d',
  '1w': '7d',
  '30d': '30d',
  '1mo': '30d',
};

function policyOf(settings: Entry, report: Report): PolicyChanges {
  const place = 'litellm_settings';
  const given = settings['default_key_generate_params'];
  const defaults = isEntry(given) ? given : {};
  const user: Record<string, unknown> = {};
  const owner: Record<string, unknown> = {};
  const budget = (into: Record<string, unknown>, about: string, dollars: unknown, window: unknown): void => {
    if (dollars == null) return;
    const duration = typeof window === 'string' ? WINDOWS[window] : window == null ? 'none' : undefined;
    if (typeof dollars !== 'number' || !(dollars >= 0 && dollars <= 1_000_000) || duration === undefined)
      return report.leaveOut(
        about,
        'A budget here is US dollars from 0 to 1000000 in 1d, 7d, 30d, or for good.',
      );
    Object.assign(into, { maxBudget: dollars, budgetDuration: duration });
    if (duration === 'none')
      report.look(about, 'it has no window, so it is a budget for good: once it is spent, it is spent.');
    return undefined;
  };
  budget(user, `${place}.default_key_generate_params`, defaults['max_budget'], defaults['budget_duration']);
  budget(
    owner,
    `${place}.max_internal_user_budget`,
    settings['max_internal_user_budget'],
    settings['internal_user_budget_duration'],
  );
  for (const [from, to] of [
    ['rpm_limit', 'rpmLimit'],
    ['tpm_limit', 'tpmLimit'],
    ['max_parallel_requests', 'maxParallelRequests'],
  ] as const) {
    const { [from]: value } = defaults;
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1_000_000_000)
      user[to] = value;
    else if (value != null)
      report.leaveOut(
        `${place}.default_key_generate_params.${from}`,
        'It must be a whole number of 1 or more.',
      );
  }
  const others = Object.keys(defaults).filter(
    (name) =>
      !['max_budget', 'budget_duration', 'rpm_limit', 'tpm_limit', 'max_parallel_requests'].includes(name),
  );
  if (others.length > 0)
    report.leaveOut(
      `${place}.default_key_generate_params`,
      `${others
        .slice(0, 12)
        .map((each) => each.slice(0, 64))
        .join(', ')}: say it in the scope "user" of the policy.`,
    );
  return { user, owner };
}
