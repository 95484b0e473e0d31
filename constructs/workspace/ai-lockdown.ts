import { AI_FEATURES, type AiFeature, type EditorCut } from '../../src/ai-features';
import type { ImageParts } from './assistants/assistant';
import type { DisplayApp } from './workspace-agent';

/** Other AI switched off, layer by layer; what and why is `src/ai-features.ts`. */
export class AiLockdown {
  /** Variables for the Coder server. */
  readonly serverEnvironment: Readonly<Record<string, string>>;
  /** For the workspace image: settings of the machine. */
  readonly imageParts: ImageParts;
  /** Lower-case ids of extensions that must not be in the image. */
  readonly removedExtensions: readonly string[];
  /** Settings whose extension is removed, so that the editor does not know them. */
  readonly foreignSettings: readonly string[];
  /** What the image takes out of the editor's program. */
  readonly cuts: readonly EditorCut[];
  /**
   * Buttons of Coder's dashboard, for the agent's `displayApps`: only those that lead into the workspace, where the
   * locks are. An editor on somebody's own machine has none of them.
   */
  readonly displayApps: readonly DisplayApp[] = ['webTerminal'];

  constructor(features: readonly AiFeature[] = AI_FEATURES) {
    const editor = features.flatMap((feature) => feature.editor ?? []);
    this.serverEnvironment = Object.fromEntries(
      features.flatMap(({ server }) => (server ?? []).map(({ variable, value }) => [variable, value])),
    );
    this.imageParts = { settings: Object.fromEntries(editor.map(({ key, value }) => [key, value])) };
    this.foreignSettings = editor.filter(({ of }) => of !== undefined).map(({ key }) => key);
    this.cuts = features.flatMap(({ cuts }) => cuts ?? []);
    this.removedExtensions = [...new Set(features.flatMap(({ extensions }) => extensions ?? []))]
      .map((id) => id.toLowerCase())
      .sort();
  }
}
