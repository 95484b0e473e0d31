import { rooCodeImage } from '../../../workspace-image/image/roo-code';
import type { Assistant, AssistantHost, AssistantParts } from './assistant';
import { rooFiles, type RooSettingsProps } from './roo-settings';

/** Roo Code in the editor. Archived by its makers in May 2026; Zoo Code goes on from it. */
export class RooCode implements Assistant {
  readonly name = 'roo-code';
  readonly image = rooCodeImage;

  constructor(private readonly props: RooSettingsProps = {}) {}

  bind(host: AssistantHost): AssistantParts {
    return { files: rooFiles('roo-code', host, this.props) };
  }
}
