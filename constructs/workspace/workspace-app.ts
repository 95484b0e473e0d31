import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { CoderApp } from './coder';
import { expression } from '../common/expression';
import { validateProps, type Rule } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';

/**
 * @example
 * new WorkspaceApp(this, 'Preview', { agent, slug: 'preview', displayName: 'Preview', port: 3000 });
 */
export interface WorkspaceAppProps {
  readonly agent: WorkspaceAgent;
  /** Part of its address for ever: lower case letters, digits and single "-" between them. */
  readonly slug: string;
  readonly displayName: string;
  /** Port on the workspace's loopback; the app must listen there and nowhere else. */
  readonly port: number;
  /** What follows the port, as a string for an attribute. @default '/' */
  readonly path?: string;
  /** Path that answers 200 while the app is well. @default - the app is not watched */
  readonly healthPath?: string;
  /** Plain, boolean: is it there in this build? @default - always */
  readonly when?: string;
  /** @default - none */
  readonly icon?: string;
  /** Who may open it. @default 'owner' */
  readonly share?: 'owner' | 'authenticated' | 'public';
}

const RULES: readonly Rule<WorkspaceAppProps>[] = [
  {
    holds: ({ slug }) => /^[a-z0-9](-?[a-z0-9])*$/.test(slug),
    message: ({ slug }) =>
      `"slug" must be lower case letters, digits and single "-" between them, got ${shown(slug)}: it is part of the address`,
  },
  {
    holds: ({ displayName }) => displayName.trim() !== '' && [...displayName].length <= 64,
    message: ({ displayName }) => `"displayName" must have 1 to 64 characters, got ${shown(displayName)}`,
  },
  {
    holds: ({ port }) => Number.isInteger(port) && port >= 1024 && port <= 65_535,
    message: ({ port }) =>
      `"port" must be a whole number from 1024 to 65535, got ${shown(port)}: the workspace's user may not open a lower one`,
  },
  {
    holds: ({ path, healthPath }) => [path ?? '/', healthPath ?? '/'].every((one) => one.startsWith('/')),
    message: ({ path, healthPath }) =>
      `"path" and "healthPath" must begin with "/", got ${shown(path ?? '/')} and ${shown(healthPath ?? '/')}`,
  },
];

/** Something with a page of its own in the workspace, reached through Coder (`coder_app`). */
export class WorkspaceApp extends Construct {
  readonly resource: CoderApp;

  constructor(scope: Construct, id: string, props: WorkspaceAppProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceAppProps', props, RULES);
    const origin = `http://localhost:${props.port}`;
    this.resource = new CoderApp(this, 'Resource', {
      ...(props.when === undefined ? {} : { count: Token.asNumber(expression`${props.when} ? 1 : 0`) }),
      agentId: expression`${props.agent.idRef}`,
      slug: props.slug,
      displayName: literal(props.displayName),
      icon: props.icon,
      url: `${origin}${props.path ?? '/'}`,
      share: props.share ?? 'owner',
      subdomain: false,
      ...(props.healthPath === undefined
        ? {}
        : { healthcheck: { url: `${origin}${props.healthPath}`, interval: 5, threshold: 6 } }),
    });
    this.resource.overrideLogicalId(props.slug.replace(/-/g, '_'));
  }
}
