import type { Construct } from 'constructs';
import { DockerProvider } from '../../constructs/common/docker';
import { checkTypes, withAllFaults } from '../../constructs/common/validation';
import { AiPlatform, type AiPlatformProps } from '../../constructs/platform/ai-platform';
import type { PlatformOutline } from '../../constructs/platform/platform-outline';
import { FORM_RULES } from '../../synth/form-rules';
import { placeIn } from '../../synth/hcl/layout';
import { TemplateStack } from '../../synth/template-stack';
import { catalog } from '../catalog';
import { platformPolicy as policy } from '../platform-policy';

/** What each file holds. */
const TITLES = {
  versions: 'Terraform and the provider this works with.',
  engine: 'The Docker engine: DOCKER_HOST names another than the one of this machine.',
  secrets: 'Secrets: none has a default, and each is checked before anything is made.',
  variables: 'Files of the machine that runs Terraform.',
  networks: 'Who can reach whom.',
  images: 'Images, by version.',
  postgres: 'The stores of Coder, the gateway and Langfuse.',
  gateway: 'The AI gateway.',
  coder: 'Coder, with its own AI switched off.',
  langfuse: 'Traces.',
  monitoring: 'Figures, alerts and the dashboard.',
  outputs: 'Where it all is.',
};

/** Coder gives workspaces the engine's socket through what these rules forbid to a workspace. */
const NOT_OF_PLATFORMS = ['container/engine'];

/** What differs from the platform as we ship it. */
export type AiPlatformStackProps = Partial<AiPlatformProps>;

/** The platform that workspaces belong to: `terraform apply` on one Docker host. */
export class AiPlatformStack extends TemplateStack {
  /** What it comes to; there unless a prop was refused. */
  readonly outline: PlatformOutline | undefined;

  constructor(scope: Construct, id: string, props: AiPlatformStackProps = {}) {
    super(scope, id, {
      requiredVersion: '>= 1.9, < 2',
      providerVersions: { docker: '>= 3.6, < 5' },
      rules: FORM_RULES.filter((rule) => !NOT_OF_PLATFORMS.includes(rule.id)),
      titles: TITLES,
    });
    placeIn(new DockerProvider(this, 'docker'), 'engine');
    this.outline = withAllFaults({ title: id }, () => {
      const ours = { catalog, policy };
      const given = checkTypes<AiPlatformStackProps>(id, 'AiPlatformStackProps', props, { fallback: ours });
      return new AiPlatform(this, 'AiPlatform', { ...ours, ...given }).outline;
    });
  }
}
