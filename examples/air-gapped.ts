/** For a closed network: nothing is reached but the site's own registry, git server, Coder and gateway. */
import { AssistantChoice } from '../constructs/workspace/assistants/assistant-choice';
import { ImageSource } from '../constructs/workspace/image';
import { RepositoryAddress } from '../constructs/workspace/repository-address';
import { NetworkSource } from '../constructs/workspace/workspace-network';
import { policy } from '../src/policy';
import { runTemplateProgram } from '../src/template-program';

const git = RepositoryAddress.onHosts(['git.internal.example']);

runTemplateProgram({
  name: 'air-gapped',
  outdir: 'cdktf.out/examples/air-gapped',
  workspace: {
    policy: { ...policy, gateways: ['http://ai-gateway:4000'] },
    assistants: [AssistantChoice.ZOO_CODE, AssistantChoice.OPENCODE, AssistantChoice.NONE],
    image: ImageSource.of('registry.internal.example/contractor-workspace:2026.11.1'),
    // Made by whoever runs the Docker host, with "--internal": its only ways out are Coder and the gateway.
    network: NetworkSource.existing('workspaces-internal'),
    repositories: git,
    dotfiles: git,
  },
});
