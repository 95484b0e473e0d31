/** A platform of its own, whose people may spend what the environment says. */
import { policy } from '../../../src/policy';
import { runPlatformProgram } from '../../../src/platform-program';
import { withTlsGateways } from '../../../src/platform-policy';
import { lastingCatalog } from '../../gateway/support/lasting-catalog';

const { A_PLATFORM_BUDGET: dollars = '10' } = process.env;

runPlatformProgram({
  platform: {
    catalog: lastingCatalog,
    policy: withTlsGateways({ ...policy, owner: { ...policy.owner, maxBudget: Number(dollars) } }),
  },
});
