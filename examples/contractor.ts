/** For contractors: stricter for new ones, code and dotfiles from known hosts only, an image by digest. */
import { ImageSource } from '../constructs/workspace/image';
import { RepositoryAddress } from '../constructs/workspace/repository-address';
import { policy } from '../src/policy';
import { runTemplateProgram } from '../src/template-program';

const DIGEST = 'sha256:6f1c3bd1a6f0d8c9b9f6f0c0a8f2f47d5e1f1b1d7f3c2a4b5d6e7f8091a2b3c4';

runTemplateProgram({
  name: 'contractor',
  outdir: 'cdktf.out/examples/contractor',
  workspace: {
    policy: {
      ...policy,
      gateways: ['https://ai-gateway.example.com'],
      floors: {
        ...policy.floors,
        everyone: 'standard',
        groups: { 'contractors-new': 'design-first' },
      },
    },
    image: ImageSource.of(`registry.example.com/contractor-workspace@${DIGEST}`),
    repositories: RepositoryAddress.onHosts(['git.example.com', 'github.com']),
    dotfiles: RepositoryAddress.onHosts(['git.example.com']),
  },
});
