import { Clinic } from './doctor/clinic';
import { overTls, withTheGateway } from './doctor/gateway';
import { aHealthyWorkspace } from './doctor/healthy';
import { inAnImage } from './doctor/image';

// Gateway and workspace take longer to start than most of the scenarios take: they share one of each.
let clinic: Clinic | undefined;
beforeAll(async () => {
  clinic = await Clinic.open();
});
afterAll(() => clinic?.close());

const open = (): Clinic => {
  if (clinic === undefined) throw new Error('the gateway has not been started');
  return clinic;
};
aHealthyWorkspace(open);
withTheGateway(open);
overTls(open);
inAnImage(open);
