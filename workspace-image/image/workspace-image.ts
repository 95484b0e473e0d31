import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AiLockdown } from '../../constructs/workspace/ai-lockdown';
import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import type { ImageContextProps } from './context';
import { ONE_TRUSTED_FOLDER, WORKBENCH } from './editor-edits';
import { IMAGE_PINS } from './pins';

const EDITOR_SETTINGS = resolve(__dirname, '..', 'settings', 'editor.json');

/**
 * What a workspace image is made of: one image for every choice of assistant.
 *
 * @param choices those of the template, for one with an assistant of its own
 */
export function workspaceImage(choices: readonly AssistantChoice[] = AssistantChoice.ALL): ImageContextProps {
  const lockdown = new AiLockdown();
  // Each as often as it is named: two of a name that want different things are a fault.
  const assistants = choices.flatMap((choice) => choice.assistants);
  return {
    pins: IMAGE_PINS,
    parts: [
      {
        name: 'workspace-image/settings/editor.json',
        parts: { settings: JSON.parse(readFileSync(EDITOR_SETTINGS, 'utf8')) as Record<string, unknown> },
      },
      { name: 'src/ai-features.ts', parts: lockdown.imageParts },
      ...assistants.map(({ name, image }) => ({ name, parts: image })),
    ],
    choices: choices.map(({ value, label, description, assistants: chosen }) => ({
      value,
      label,
      description,
      extensions: chosen.flatMap(({ image }) => image.extensions ?? []).map(({ id }) => id),
      hasAssistant: chosen.length > 0,
    })),
    edits: [...lockdown.cuts.map((cut) => ({ ...cut, file: WORKBENCH })), ONE_TRUSTED_FOLDER],
    removedExtensions: lockdown.removedExtensions,
    foreignSettings: lockdown.foreignSettings,
  };
}
