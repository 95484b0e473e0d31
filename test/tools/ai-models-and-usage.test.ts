import { theFailures } from './usage/failures';
import { theFigures } from './usage/figures';
import { theModels } from './usage/models';
import { theSecrecy } from './usage/secrecy';
import { Spender } from './usage/spender';

// Gateway and workspaces take longer to start than all of the scenarios: they share them.
let spender: Spender | undefined;
beforeAll(async () => {
  spender = await Spender.open();
});
afterAll(() => spender?.close());

const open = (): Spender => {
  if (spender === undefined) throw new Error('the gateway has not been started');
  return spender;
};
theModels(open);
theFigures(open);
theFailures(open);
theSecrecy(open);
