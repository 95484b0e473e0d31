/** The platform that the tests bring up: what differs from the one we ship is said by the environment. */
import { CoderServer } from '../../../constructs/platform/coder-server';
import { Database } from '../../../constructs/platform/database';
import { EngineAccess } from '../../../constructs/platform/engine-access';
import { WorkspaceFacingNetwork } from '../../../constructs/platform/platform-networks';
import { ServiceImage } from '../../../constructs/platform/service-image';
import { ImageSource } from '../../../constructs/workspace/image';
import { withTlsGateways } from '../../../src/platform-policy';
import { runPlatformProgram } from '../../../src/platform-program';
import { policy } from '../../../src/policy';

const {
  TEST_UP_NAME: name = '',
  TEST_UP_CODER_PORT: coderPort = '',
  TEST_UP_ADMIN_PORT: adminPort = '',
  TEST_UP_PROVIDER: provider = '',
  TEST_UP_REPLICAS: replicas = '1',
  TEST_UP_BUDGET: dollars = '',
  TEST_UP_BRIDGE: bridge = '127.0.0.1',
  TEST_POSTGRES_IMAGE: postgres = '',
  TEST_CODER_IMAGE: coder = '',
  TEST_WORKSPACE_IMAGE: workspace = '',
} = process.env;

runPlatformProgram({
  platform: {
    name,
    database: Database.own({ image: ServiceImage.of(postgres) }),
    coder: CoderServer.own({
      image: ServiceImage.of(coder),
      accessUrl: `https://host.docker.internal:${coderPort}`,
      addresses: ['127.0.0.1', bridge],
      engine: EngineAccess.none(),
    }),
    ...(dollars !== '' && {
      policy: withTlsGateways({ ...policy, owner: { ...policy.owner, maxBudget: Number(dollars) } }),
    }),
    workspaceNetwork: WorkspaceFacingNetwork.own({ name: `${name}-workspaces` }),
    gateway: {
      // Built here, under a tag that is nobody's.
      image: ServiceImage.of(`contractor-workspace-gateway:${name}`),
      replicas: Number(replicas),
      adminPort: Number(adminPort),
      environment: { ANTHROPIC_BASE_URL: provider },
    },
  },
  template: { name: 'contractor', workspace: { image: ImageSource.of(workspace) } },
});
