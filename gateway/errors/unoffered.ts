/** What OpenAI, Anthropic and LiteLLM have and this gateway has not: by name, with what there is instead. */

export interface Unoffered {
  /** How paths begin, a version (`/v1`) before them left out. */
  readonly paths: readonly string[];
  /** In the plural. */
  readonly what: string;
  /** What there is instead, in sentences. */
  readonly instead: string;
}

const CHAT = 'Models answer at /v1/chat/completions, /v1/completions and /v1/messages.';
const ASK = 'Ask an administrator for another service that has them.';

/** On the listener of workspaces. */
export const UNOFFERED_CALLS: readonly Unoffered[] = [
  { paths: ['embeddings', 'engines'], what: 'Embeddings', instead: `${CHAT} ${ASK}` },
  { paths: ['responses'], what: 'Responses of OpenAI’s', instead: CHAT },
  { paths: ['messages/batches', 'batches'], what: 'Batches', instead: `${CHAT} Send each call by itself.` },
  { paths: ['images', 'videos'], what: 'Images and videos made by models', instead: `${CHAT} ${ASK}` },
  { paths: ['audio', 'realtime'], what: 'Speech and realtime sessions', instead: `${CHAT} ${ASK}` },
  { paths: ['moderations', 'guardrails'], what: 'Moderations', instead: `${CHAT} ${ASK}` },
  { paths: ['rerank', 'ocr', 'search'], what: 'Reranking, OCR and search', instead: `${CHAT} ${ASK}` },
  {
    paths: ['files', 'uploads', 'containers', 'skills', 'vector_stores', 'fine_tuning'],
    what: 'Files and whatever else is kept at a provider',
    instead: 'Nothing of a call is kept. Send documents and images in the call itself.',
  },
  {
    paths: ['assistants', 'threads', 'evals', 'agents', 'a2a', 'mcp'],
    what: 'Assistants, agents and tools that run on a server',
    instead: `${CHAT} Tools are run by the client.`,
  },
];

/** On the administrators' listener. */
export const UNOFFERED_ADMINISTRATION: readonly Unoffered[] = [
  {
    paths: ['team'],
    what: 'Changes of teams',
    instead:
      'A team is a template: it is there as soon as a workspace of it is, and its budget is in the policy (teams.templates). /team/list and /team/info show what it spends.',
  },
  {
    paths: ['customer', 'end_user'],
    what: 'Changes of customers',
    instead:
      'A customer is a person whose keys are used: /user/new and /user/update lay down what holds for one, and suspended: true blocks one. /customer/list and /customer/info show them.',
  },
  {
    paths: ['organization', 'project', 'access_group'],
    what: 'Organizations, projects and access groups',
    instead: 'Scopes, groups and templates of the policy say who may do what.',
  },
  {
    paths: ['spend/tags', 'global/spend/tags', 'global/spend/all_tag_names', 'tag'],
    what: 'Tags',
    instead:
      'Spend is told apart by user, team, model, workspace, session, key, provider and day: /spend/report?group_by=….',
  },
  {
    paths: ['model/new', 'model/update', 'model/delete', 'model_group', 'credentials'],
    what: 'Changes of models and of providers’ keys',
    instead:
      'Models and prices are in the document that GATEWAY_CONFIG names, which is read again when it changes; providers’ keys are in the environment.',
  },
  {
    paths: ['key/service-account', 'key/bulk_delete', 'user/bulk_update', 'user/available_roles'],
    what: 'Service accounts and bulk changes of people',
    instead:
      'A service’s key has a scope of its own: /key/generate with "scope": "ci:<repository>" or "agent:review".',
  },
  {
    paths: ['config', 'get', 'settings', 'router', 'callbacks', 'cache', 'guardrails', 'policies', 'prompts'],
    what: 'Settings by call',
    instead: 'Settings are in the environment and in the document that GATEWAY_CONFIG names.',
  },
  {
    paths: ['global/predict', 'global/activity', 'global/all_end_users', 'spend/calculate', 'provider'],
    what: 'Forecasts and further reports',
    instead:
      '/spend/report, /global/activity, /user/daily/activity and /global/spend/report tell what was spent.',
  },
  {
    paths: ['sso', 'scim', 'invitation', 'onboarding', 'login', 'jwt'],
    what: 'Pages of sign-on and invitations',
    instead:
      'Administrators have keys (/admin/keys), the dashboard at /ui and the command contractor-workspace.',
  },
  {
    paths: ['health', 'vector_store', 'mcp', 'utils', 'test'],
    what: 'Tests of providers',
    instead:
      '/health/readiness says whether the gateway is ready; /site/deployments and /metrics say how providers answer.',
  },
];

const VERSION = /^v\d{1,2}$/;
/** Parts of a path that are looked at. */
const MOST_PARTS = 4;

/** What somebody who asks for that path wants; undefined: nobody knows. */
export function unofferedAt(path: string, kinds: readonly Unoffered[]): Unoffered | undefined {
  // bounded: a header or an address is no longer than Node takes
  const parts = path.split('/', MOST_PARTS + 1).slice(1);
  const asked = `${(VERSION.test(parts[0] ?? '') ? parts.slice(1) : parts).join('/')}/`;
  return kinds.find(({ paths }) => paths.some((begin) => asked.startsWith(`${begin}/`)));
}
