/** All that is looked at, in the order in which it is told. */
import { CLOCKS } from './checks/clocks';
import { CODER } from './checks/coder';
import { COMPLETIONS } from './checks/completions';
import { EXPORTERS } from './checks/exporters';
import { MODELS } from './checks/models';
import { NETWORK } from './checks/network';
import { REACH } from './checks/reach';
import { SECRETS } from './checks/secrets';
import { STORE } from './checks/store';
import { TLS } from './checks/tls';
import type { Check } from './finding';

export const CHECKS: readonly Check[] = [
  ...REACH,
  ...MODELS,
  ...COMPLETIONS,
  ...SECRETS,
  ...NETWORK,
  ...TLS,
  ...CLOCKS,
  ...STORE,
  ...CODER,
  ...EXPORTERS,
];
