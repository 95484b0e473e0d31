/** The resources of the coder provider: nothing is created anywhere, but ids, tokens and checks are the real ones. */
import { parseScriptCron } from '../cron';
import { error, warning, type Diagnostic, type PathStep } from '../diagnostics';
import type { Context, ResourceHooks } from '../provider';
import { blocksOf, textOf, Unknown, type CtyObject, type CtyValue } from '../values';
import { optional, VARIABLES } from './environment';

const DISPLAY_APPS: CtyObject = {
  port_forwarding_helper: true,
  ssh_helper: true,
  vscode: true,
  vscode_insiders: false,
  web_terminal: true,
};

/** One diagnostic per value that stands twice; unknown values are nobody's duplicate. */
function duplicates(items: readonly CtyObject[], name: string, path: readonly PathStep[]): Diagnostic[] {
  const seen = new Set<CtyValue>();
  return items.flatMap((item) => {
    const value = item[name] ?? null;
    if (value instanceof Unknown) return [];
    if (seen.has(value)) return [error(`duplicate ${path.join(' ')} ${name} "${textOf(value)}"`, '', path)];
    seen.add(value);
    return [];
  });
}

/** The running agent's token when the build knows it, else a new one: at create and at every refresh. */
function agentToken(state: CtyObject, { env, uuid }: Context): string {
  const previous = typeof state['token'] === 'string' ? state['token'] : '';
  return optional(env, VARIABLES.agentToken) || uuid(`agent token after ${previous}`);
}

function initScript(state: CtyObject, { env, config }: Context): string {
  const script = env[VARIABLES.agentScript(textOf(state['os']), textOf(state['arch']))] ?? '';
  let accessUrl = typeof config['url'] === 'string' ? config['url'] : '';
  try {
    accessUrl = new URL('/', accessUrl).href;
  } catch {
    accessUrl = `${accessUrl.replace(/\/$/, '')}/`;
  }
  return script.replaceAll('${ACCESS_URL}', accessUrl).replaceAll('${AUTH_TYPE}', textOf(state['auth']));
}

const agent: ResourceHooks = {
  computedBlocks: ['display_apps'],
  checkPlan: (planned) => [
    ...duplicates(blocksOf(planned['metadata']), 'key', ['metadata']),
    ...blocksOf(planned['resources_monitoring']).flatMap((block) =>
      duplicates(blocksOf(block['volume']), 'path', ['resources_monitoring', 'volume']),
    ),
  ],
  fill: (planned, context) => ({
    ...planned,
    id: context.uuid('agent'),
    token: agentToken({}, context),
    init_script: initScript(planned, context),
    display_apps:
      planned['display_apps'] instanceof Unknown ? [DISPLAY_APPS] : (planned['display_apps'] ?? []),
  }),
  refresh: (state, context) => ({
    ...state,
    token: agentToken(state, context),
    init_script: initScript(state, context),
  }),
};

const script: ResourceHooks = {
  checkConfig: ({ cron }) => {
    if (typeof cron !== 'string') return [];
    try {
      if (!parseScriptCron(cron)) return [];
    } catch {
      return []; // Reported by its format rule.
    }
    const detail = `"${cron}" is read with seconds first; write six fields, e.g. "0 ${cron}"`;
    return [warning('the cron expression has 5 fields, 6 are expected', detail, ['cron'])];
  },
  checkCreate: (planned) => {
    const found: Diagnostic[] = [];
    const [onStart, onStop, cron] = [planned['run_on_start'], planned['run_on_stop'], planned['cron'] ?? ''];
    if (onStart !== true && onStop !== true && cron === '') {
      found.push(error('at least one of "run_on_start", "run_on_stop", or "cron" must be set'));
    }
    if (planned['start_blocks_login'] === true && onStart !== true) {
      found.push(error('"start_blocks_login" can only be set if "run_on_start" is "true"'));
    }
    return found;
  },
  fill: (planned, { uuid }) => ({ ...planned, id: uuid('script') }),
};

const app: ResourceHooks = {
  checkCreate: (planned) =>
    planned['hidden'] === true
      ? ['display_name', 'icon', 'order']
          .filter((name) => (planned[name] ?? null) !== null)
          .map((name) => warning(`"${name}" has no effect`, 'the app is hidden', [name]))
      : [],
  fill: (planned, { uuid }) => ({ ...planned, id: uuid('app') }),
};

const aiTask: ResourceHooks = {
  computedBlocks: [],
  checkCreate: (planned) => {
    const appId = planned['app_id'] ?? null;
    const sidebar = blocksOf(planned['sidebar_app']);
    return (typeof appId === 'string' && appId !== '') || sidebar.length > 0
      ? []
      : [error('"app_id" must be set', '', ['app_id'])];
  },
  fill: (planned, { env, uuid }) => ({
    ...planned,
    id: optional(env, VARIABLES.taskId) || uuid('task'),
    enabled: optional(env, VARIABLES.taskId) !== '',
    prompt: optional(env, VARIABLES.taskPrompt),
    app_id:
      planned['app_id'] instanceof Unknown
        ? (blocksOf(planned['sidebar_app'])[0]?.['id'] ?? null)
        : (planned['app_id'] ?? null),
  }),
};

const metadata: ResourceHooks = {
  checkPlan: (planned) => duplicates(blocksOf(planned['item']), 'key', ['item']),
  fill: (planned, { uuid }) => ({
    ...planned,
    id: uuid('metadata'),
    item: blocksOf(planned['item']).map((item) => ({ ...item, is_null: (item['value'] ?? null) === null })),
  }),
};

const devcontainer: ResourceHooks = {
  fill: (planned, { uuid }) => ({ ...planned, id: uuid('devcontainer'), subagent_id: uuid('subagent') }),
};

/** A resource that only gets an id. */
function plain(type: string): ResourceHooks {
  return { fill: (planned, { uuid }) => ({ ...planned, id: uuid(type) }) };
}

export const RESOURCES: Readonly<Record<string, ResourceHooks>> = {
  coder_agent: agent,
  coder_agent_instance: plain('agent instance'),
  coder_ai_task: aiTask,
  coder_app: app,
  coder_devcontainer: devcontainer,
  coder_env: plain('env'),
  coder_external_agent: plain('external agent'),
  coder_metadata: metadata,
  coder_script: script,
};
