import type { ImageParts } from '../../constructs/workspace/assistants/assistant';

/** Of the home: what both import at each start of the editor. */
const IMPORTED = '~/.config/roo-code/settings.json';

const extension = (id: string, version: string, prefix: string): ImageParts => ({
  // Whoever states this setting replaces gateway, key and rules at once.
  extensions: [{ id, version, machineSettings: [`${prefix}.autoImportSettingsPath`] }],
  settings: {
    [`${prefix}.autoImportSettingsPath`]: IMPORTED,
    // The lists of the imported file hold; those of the settings would be merged in.
    [`${prefix}.allowedCommands`]: [],
    [`${prefix}.deniedCommands`]: [],
  },
});

export const rooCodeImage: ImageParts = extension('RooVeterinaryInc.roo-cline', '3.52.1', 'roo-cline');

export const zooCodeImage: ImageParts = extension('ZooCodeOrganization.zoo-code', '3.82.0', 'zoo-code');
