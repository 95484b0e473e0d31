import type { Assistant, AssistantHost, AssistantParts, ImageParts } from './assistant';
import { rooSettings, type RooSettingsProps } from './roo-settings';

/** Zoo Code in the editor: the successor of Roo Code, with the same import file. */
export class ZooCode implements Assistant {
  readonly name = 'zoo-code';
  readonly image: ImageParts = {};

  constructor(private readonly props: RooSettingsProps = {}) {}

  bind(host: AssistantHost): AssistantParts {
    return { files: [rooSettings(host, this.props)] };
  }
}
