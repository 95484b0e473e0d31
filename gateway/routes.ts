/** What is served where: the data listener for workspaces, the admin listener for administrators. */
import { liveness, readiness } from './endpoints/health';
import { listModels } from './endpoints/models';
import { showOwnKey } from './endpoints/own-key';
import { issueWorkspaceKey } from './endpoints/workspace-key';
import type { ErrorDialect } from './errors';
import type { Exchange } from './http-exchange';
import { runCall, runCount } from './pipeline';
import { anthropicCount, anthropicMessages } from './protocols/anthropic-messages';
import { openAiChat } from './protocols/openai-chat';
import type { Protocol } from './protocols/protocol';
import type { Services } from './services';

export type Handler = (services: Services, exchange: Exchange) => Promise<void> | void;

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly paths: readonly string[];
  readonly handle: Handler;
}

/** Whose error shape a path speaks, also where nothing is served. */
export const dialectOf = (path: string): ErrorDialect =>
  /^\/v1\/messages(\/|$)/.test(path) ? 'anthropic' : 'openai';

const modelCall = (protocol: Protocol, paths: readonly string[]): Route => ({
  method: 'POST',
  paths,
  handle: (services, exchange) => runCall(services, protocol, exchange),
});

const HEALTH: readonly Route[] = [
  { method: 'GET', paths: ['/health/readiness'], handle: readiness },
  { method: 'GET', paths: ['/health/liveliness', '/health/liveness'], handle: liveness },
];

export const DATA_ROUTES: readonly Route[] = [
  ...HEALTH,
  { method: 'GET', paths: ['/v1/models', '/models'], handle: listModels },
  modelCall(openAiChat, ['/v1/chat/completions', '/chat/completions']),
  modelCall(anthropicMessages, ['/v1/messages']),
  {
    method: 'POST',
    paths: ['/v1/messages/count_tokens'],
    handle: (services, exchange) => runCount(services, anthropicCount, exchange),
  },
  { method: 'POST', paths: ['/api/v1/keys/workspace'], handle: issueWorkspaceKey },
  { method: 'GET', paths: ['/api/v1/keys/info'], handle: showOwnKey },
];

export const ADMIN_ROUTES: readonly Route[] = [...HEALTH];

/** On the admin listener: the paths that need no master key. */
export const OPEN_ADMIN_PATHS: readonly string[] = HEALTH.flatMap(({ paths }) => paths);

// In LiteLLM all of it is on one port, so that is where people look for it.
const ADMIN_PREFIXES = [
  'audit',
  'budget',
  'customer',
  'global',
  'key',
  'metrics',
  'model',
  'organization',
  'spend',
  'team',
  'ui',
  'user',
];

/** Whether an unknown path of the data listener is one the admin listener would have. */
export function isAdminPath(path: string): boolean {
  const [first = '', second = ''] = path.split('/').slice(1);
  return ADMIN_PREFIXES.includes(/^v\d+$/.test(first) ? second : first);
}
