/** What the data listener serves, to workspaces and everybody with a key. The admin listener: `admin/catalogue.ts`. */
import type { IncomingHttpHeaders } from 'node:http';
import { endOwnWorkspaceKey } from './endpoints/end-workspace-key';
import { liveness, readiness } from './endpoints/health';
import { listModels, showModel } from './endpoints/models';
import { asksAsAnthropic } from './endpoints/models-dialect';
import { showOwnKey } from './endpoints/own-key';
import { showOwnFigures, showOwnPage, showPageStyle } from './endpoints/own-page';
import { showOwnSessions } from './endpoints/own-sessions';
import { ownKeyHealth, ownKeyInfo, ownUserInfo } from './endpoints/own-standing';
import { openRun, showRun } from './endpoints/runs';
import { issueOwnKey } from './endpoints/self-key';
import { issueWorkspaceKey } from './endpoints/workspace-key';
import type { ErrorDialect } from './errors';
import type { Exchange } from './http/exchange';
import { runCall, runCount } from './pipeline';
import { anthropicCount, anthropicMessages } from './protocols/anthropic-messages';
import { openAiChat } from './protocols/openai-chat';
import { openAiCompletions } from './protocols/openai-completions';
import type { Protocol } from './protocols/protocol';
import type { Services } from './services';

export type Handler = (services: Services, exchange: Exchange) => Promise<void> | void;

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** One that ends with a slash and a star stands for all paths below. */
  readonly paths: readonly string[];
  /** A sentence for the list of endpoints: docs/reference/endpoints.md. */
  readonly summary: string;
  readonly handle: Handler;
}

/** Whose error shape a path speaks, also where nothing is served; of the models', whoever asks. */
export const dialectOf = (path: string, headers: IncomingHttpHeaders = {}): ErrorDialect =>
  // bounded: a header or an address is no longer than Node takes
  /\/v1\/messages(\/|$)/.test(path) || (/^(\/v1)?\/models(\/|$)/.test(path) && asksAsAnthropic(headers))
    ? 'anthropic'
    : 'openai';

const modelCall = (protocol: Protocol, paths: readonly string[], summary: string): Route => ({
  method: 'POST',
  paths,
  summary,
  handle: (services, exchange) => runCall(services, protocol, exchange),
});

export const HEALTH: readonly Route[] = [
  {
    method: 'GET',
    paths: ['/health/readiness', '/health'],
    summary: 'Whether the store answers; needs no key.',
    handle: readiness,
  },
  {
    method: 'GET',
    paths: ['/health/liveliness', '/health/liveness'],
    summary: 'Whether the process lives; needs no key.',
    handle: liveness,
  },
];

export const DATA_ROUTES: readonly Route[] = [
  ...HEALTH,
  {
    method: 'GET',
    paths: ['/v1/models', '/models'],
    summary: 'The models that the key may use, with what they can do and cost.',
    handle: listModels,
  },
  {
    method: 'GET',
    paths: ['/v1/models/*', '/models/*'],
    summary: 'One of them, by its name or an alias.',
    handle: showModel,
  },
  modelCall(
    openAiChat,
    ['/v1/chat/completions', '/chat/completions'],
    "A model call in OpenAI's protocol, whole or streamed.",
  ),
  modelCall(
    openAiCompletions,
    ['/v1/completions', '/completions'],
    "A model call in OpenAI's older protocol: a prompt as text.",
  ),
  modelCall(anthropicMessages, ['/v1/messages'], "A model call in Anthropic's protocol, whole or streamed."),
  {
    method: 'POST',
    paths: ['/v1/messages/count_tokens'],
    summary: 'How many input tokens such a call would have.',
    handle: (services, exchange) => runCount(services, anthropicCount, exchange),
  },
  {
    method: 'POST',
    paths: ['/v1/runs'],
    summary: 'Puts a cap on what some calls of the key may cost together.',
    handle: openRun,
  },
  {
    method: 'GET',
    paths: ['/v1/runs/*'],
    summary: 'What a run has cost, and what is left of its cap.',
    handle: showRun,
  },
  {
    method: 'POST',
    paths: ['/api/v1/keys/workspace'],
    summary: "The workspace's own key, for the claim of its start.",
    handle: issueWorkspaceKey,
  },
  {
    method: 'DELETE',
    paths: ['/api/v1/keys/workspace'],
    summary: 'Ends the workspace key that asks.',
    handle: endOwnWorkspaceKey,
  },
  {
    method: 'POST',
    paths: ['/api/v1/keys/self', '/api/v1/keys/self-service'],
    summary: "A key of a person's own, for a token of Coder's.",
    handle: issueOwnKey,
  },
  {
    method: 'GET',
    paths: ['/api/v1/keys/info'],
    summary: 'Budget, spend and limits of the key that asks.',
    handle: showOwnKey,
  },
  {
    method: 'GET',
    paths: ['/api/v1/keys/me'],
    summary: "Figures of the key that asks, its owner's sums, and the newest calls.",
    handle: showOwnFigures,
  },
  {
    method: 'GET',
    paths: ['/api/v1/keys/me/page'],
    summary: 'The same as a page.',
    handle: showOwnPage,
  },
  {
    method: 'GET',
    paths: ['/api/v1/keys/me/page.css'],
    summary: "That page's style sheet.",
    handle: showPageStyle,
  },
  {
    method: 'GET',
    paths: ['/api/v1/keys/sessions'],
    summary: "What the conversations of the key's account came to.",
    handle: showOwnSessions,
  },
  // By POST too, because that is what `curl -d` sends.
  {
    method: 'GET',
    paths: ['/key/info'],
    summary: "The same in LiteLLM's shape.",
    handle: ownKeyInfo,
  },
  {
    method: 'POST',
    paths: ['/key/info'],
    summary: "The same in LiteLLM's shape.",
    handle: ownKeyInfo,
  },
  {
    method: 'POST',
    paths: ['/key/health'],
    summary: "Whether the key that asks works, in LiteLLM's shape.",
    handle: ownKeyHealth,
  },
  {
    method: 'GET',
    paths: ['/user/info'],
    summary: "The owner of the key that asks, in LiteLLM's shape.",
    handle: ownUserInfo,
  },
  {
    method: 'POST',
    paths: ['/user/info'],
    summary: "The owner of the key that asks, in LiteLLM's shape.",
    handle: ownUserInfo,
  },
];

// In LiteLLM all of it is on one port, so that is where people look for it.
const ADMIN_PREFIXES = [
  'admin',
  'audit',
  'budget',
  'customer',
  'get',
  'global',
  'key',
  'metrics',
  'model',
  'openapi.json',
  'organization',
  'spend',
  'team',
  'ui',
  'user',
];

/** Whether an unknown path of the data listener is one the admin listener would have. */
export function isAdminPath(path: string): boolean {
  // bounded: a header or an address is no longer than Node takes
  const [first = '', second = ''] = path.split('/').slice(1);
  // bounded: a header or an address is no longer than Node takes
  return ADMIN_PREFIXES.includes(/^v\d+$/.test(first) ? second : first);
}
