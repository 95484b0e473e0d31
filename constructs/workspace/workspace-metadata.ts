import { Construct } from 'constructs';
import { CoderMetadata } from './coder';
import { expression } from '../common/expression';
import { listed, validateProps, type Rule } from '../common/validation';
import type { WorkspaceContext } from './workspace-context';
import { Token } from 'cdktf';

/**
 * @example
 * new WorkspaceMetadata(this, 'Metadata', { context, resource: 'docker_container.workspace[0].id', items: { Team: 'Backend' } });
 */
export interface WorkspaceMetadataProps {
  readonly context: WorkspaceContext;
  /** Plain reference to the id of the resource it is shown at; there while the workspace runs. */
  readonly resource: string;
  /** Plain expressions by what is shown before them. Anybody who sees the workspace sees them: no secret. */
  readonly items: Readonly<Record<string, string>>;
}

const RULES: readonly Rule<WorkspaceMetadataProps>[] = [
  {
    holds: ({ items }) => Object.keys(items).length > 0,
    message: () => `"items" must not be empty: leave the metadata out`,
  },
  {
    holds: ({ items }) => Object.keys(items).every((key) => /^[a-z0-9 _-]{1,64}$/i.test(key)),
    message: ({ items }) =>
      `"items" must have keys of 1 to 64 letters, digits, spaces, "_" and "-", got ${listed(Object.keys(items))}`,
  },
];

/** What Coder shows beside a resource of a running workspace (`coder_metadata`). */
export class WorkspaceMetadata extends Construct {
  readonly resource: CoderMetadata;

  constructor(scope: Construct, id: string, props: WorkspaceMetadataProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceMetadataProps', props, RULES);
    this.resource = new CoderMetadata(this, 'Resource', {
      count: Token.asNumber(expression`${props.context.workspace}.start_count`),
      resourceId: expression`${props.resource}`,
      item: Object.entries(props.items).map(([key, value]) => ({ key, value: expression`${value}` })),
    });
    this.resource.overrideLogicalId('workspace');
  }
}
