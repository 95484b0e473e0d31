import * as roo from '@roo-code/types';
import { z } from 'zod';

/**
 * The settings import of Roo Code and Zoo Code, strict: a name that is spelled wrong is dropped by the real import
 * without a word, so here it is an error.
 */
const profile = roo.providerSettingsWithIdSchema.strict().extend({
  openAiCustomModelInfo: roo.modelInfoSchema.strict().nullish(),
});

export const rooSettings = z
  .object({
    providerProfiles: z
      .object({
        currentApiConfigName: z.string(),
        apiConfigs: z.record(z.string(), profile),
        modeApiConfigs: z.record(z.string(), z.string()).optional(),
      })
      .strict(),
    globalSettings: roo.globalSettingsSchema.strict().optional(),
  })
  .strict();
