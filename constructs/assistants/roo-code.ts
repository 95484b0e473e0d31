import type { Catalog, Model } from '../../src/catalog';
import { Slot } from './json-template';

/** What the set-up script puts the key in place of; the file is the only one besides the key file to hold it. */
const KEY = '@AI_GATEWAY_KEY@';

/** Roo Code's modes; each points at our profile, else the one picked first wins for ever. */
const MODES = ['code', 'architect', 'ask', 'debug', 'orchestrator'];

/** Name and id people, scripts and `modeApiConfigs` know the chosen model's profile by. */
const PROFILE = { name: 'litellm', id: 'litellm-default' };

/** Roo Code's ModelInfo: without it the editor shows no cost and counts against 128k tokens of context. */
export function rooModelInfo(model: Model): Record<string, unknown> {
  const price = model.deployments[0]?.price;
  return {
    contextWindow: model.contextWindow,
    maxTokens: model.maxOutputTokens,
    supportsImages: model.supportsImages,
    supportsPromptCache: true,
    ...(price && {
      inputPrice: price.input,
      outputPrice: price.output,
      cacheWritesPrice: price.cacheWrite,
      cacheReadsPrice: price.cacheRead,
    }),
  };
}

const profile = (id: string, model: unknown, info: unknown): Record<string, unknown> => ({
  id,
  apiProvider: 'openai',
  openAiBaseUrl: new Slot('"${gateway}/v1"'),
  openAiApiKey: KEY,
  openAiModelId: model,
  openAiCustomModelInfo: info,
  includeMaxTokens: true,
});

/**
 * The settings file Roo Code and Zoo Code import at each start of the editor.
 *
 * One profile per model, because context, prices and cache belong to the profile; `litellm` is the chosen one.
 * Template variables: gateway, model, model_info, instructions.
 */
export function rooCodeSettings(catalog: Catalog): Record<string, unknown> {
  return {
    providerProfiles: {
      currentApiConfigName: PROFILE.name,
      apiConfigs: {
        [PROFILE.name]: profile(PROFILE.id, new Slot('model'), new Slot('model_info')),
        ...Object.fromEntries(
          catalog.models.map((model) => [
            `${PROFILE.name}-${model.name}`,
            profile(`${PROFILE.name}-${model.name}`, model.name, rooModelInfo(model)),
          ]),
        ),
      },
      modeApiConfigs: Object.fromEntries(MODES.map((mode) => [mode, PROFILE.id])),
    },
    globalSettings: {
      // Present even when empty: a setting that is left out keeps its value from an earlier start.
      customInstructions: new Slot('instructions'),
      // "unset" counts as enabled.
      telemetrySetting: 'disabled',
    },
  };
}
