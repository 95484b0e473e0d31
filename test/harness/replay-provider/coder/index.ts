/** registry.terraform.io/coder/coder as the replay provider serves it. */
import { error } from '../diagnostics';
import type { ServedProvider } from '../provider';
import { readRules, readSchema } from '../schema';
import { DATA_SOURCES } from './data-sources';
import { RESOURCES } from './resources';

export function coderProvider(): ServedProvider {
  return {
    ...readSchema('coder'),
    rules: readRules('coder'),
    resources: RESOURCES,
    dataSources: DATA_SOURCES,
    checkProviderConfig: ({ url }) =>
      url === '' ? [error('CODER_AGENT_URL must not be empty', 'got ""', ['url'])] : [],
  };
}
