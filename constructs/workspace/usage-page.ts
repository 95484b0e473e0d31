import { Construct } from 'constructs';
import { USAGE_PAGE_PORT } from '../../workspace-image/image/pins';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { listed, validateProps, type Rule } from '../common/validation';
import { WorkspaceApp } from './workspace-app';
import type { WorkspaceAgent } from './workspace-agent';
import type { WorkspaceContext } from './workspace-context';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';

/**
 * @example
 * new UsagePage(this, 'Usage', { agent, context, when: 'true', hosts: ['ai-gateway.example.com'] });
 */
export interface UsagePageProps {
  readonly agent: WorkspaceAgent;
  readonly context: WorkspaceContext;
  /** Plain, boolean: does this workspace have AI at all? */
  readonly when: string;
  /** Names besides Coder's access URL under which people reach Coder. */
  readonly hosts: readonly string[];
}

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const wrong = ({ hosts }: UsagePageProps): string[] => hosts.filter((host) => !HOST.test(host));

const RULES: readonly Rule<UsagePageProps>[] = [
  {
    prop: 'usagePage.hosts',
    holds: (props) => wrong(props).length === 0,
    message: (props) =>
      `must hold names such as "coder.example.com", lower case, without "https://", port or path, got ${listed(wrong(props))}`,
  },
];

/**
 * A page about the workspace's AI key, its spend and its calls. It is the gateway's; a browser cannot reach that, so a
 * helper in the workspace fetches it. Nobody but the owner opens it: others get Coder's 404.
 */
export class UsagePage extends Construct {
  constructor(scope: Construct, id: string, props: UsagePageProps) {
    super(scope, id);
    validateProps(this, 'UsagePageProps', props, RULES);
    const { agent, context, when } = props;
    new WorkspaceScript(this, 'Script', {
      agent,
      name: 'usage_page',
      displayName: 'AI usage page',
      icon: '/icon/widgets.svg',
      script: local(
        this,
        'usage_page_script',
        expression`join("\\n", [
    "#!/usr/bin/env bash",
    "coder_url=$(base64 -d <<<'\${base64encode(${context.workspace}.access_url)}')",
    "hosts='${props.hosts.join(' ')}'",
    "port=${String(USAGE_PAGE_PORT)}",
    file(${shipSource(this, 'scripts/usage-page.sh')}),
  ])`,
      ),
      when,
      timeout: 60,
    });
    new WorkspaceApp(this, 'App', {
      agent,
      slug: 'ai-usage',
      displayName: 'AI usage',
      icon: '/icon/widgets.svg',
      port: USAGE_PAGE_PORT,
      healthPath: '/healthz',
      share: 'owner',
      when,
    });
  }
}
