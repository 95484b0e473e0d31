import { zooCodeImage } from '../../../workspace-image/image/roo-code';
import type { Assistant, AssistantHost, AssistantParts } from './assistant';
import { rooFiles, type RooSettingsProps } from './roo-settings';

/** Zoo Code in the editor: the successor of Roo Code, with the same kind of import file. */
export class ZooCode implements Assistant {
  readonly name = 'zoo-code';
  readonly image = zooCodeImage;

  constructor(private readonly props: RooSettingsProps = {}) {}

  bind(host: AssistantHost): AssistantParts {
    return { files: rooFiles('zoo-code', host, this.props) };
  }
}
