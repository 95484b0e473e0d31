/** The models and betas that exist for the stand-in. */
import { catalog, type Deployment } from '../../../src/catalog';
import type { StandinModel } from './call';

/** The deployments that the catalog has at one provider. */
export function catalogModels(served: Deployment['provider'] = 'anthropic'): Map<string, StandinModel> {
  return new Map(
    catalog.models.flatMap((model) =>
      model.deployments
        .filter(({ provider }) => provider === served)
        .map(({ id }): [string, StandinModel] => [
          id,
          {
            maxOutputTokens: model.maxOutputTokens,
            contextWindow: model.contextWindow,
            minCacheTokens: model.minCacheTokens,
            oneSamplingField: /-4-[5-9]-/.test(id),
            takesSampling: model.sampling !== 'none',
            takesPrefill: model.prefill !== false,
            reasoning: model.reasoning ?? 'none',
            systemTurns: model.systemTurns === true,
            // max came with Opus 4.6, xhigh with Opus 4.7.
            efforts: /-4-5-/.test(id) ? ['low', 'medium', 'high'] : ['low', 'medium', 'high', 'xhigh', 'max'],
          },
        ]),
    ),
  );
}

export const BETAS: ReadonlySet<string> = new Set([
  'advanced-tool-use-2025-11-20',
  'claude-code-20250219',
  'code-execution-2025-08-25',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'effort-2025-11-24',
  'extended-cache-ttl-2025-04-11',
  'files-api-2025-04-14',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-11-20',
  'model-context-window-exceeded-2025-08-26',
  'output-128k-2025-02-19',
  'pdfs-2024-09-25',
  'prompt-caching-2024-07-31',
  'skills-2025-10-02',
  'structured-outputs-2025-11-13',
  'token-counting-2024-11-01',
  'token-efficient-tools-2025-02-19',
]);
