import { TerraformStack } from 'cdktf';
import { RootConstruct } from 'constructs';
import type { JsonObject } from '../../synth/hcl/expressions';

/** A stack that consists of what stands in a folder, so that rules for stacks can be asked about it. */
export class FolderStack extends TerraformStack {
  constructor(
    name: string,
    private readonly configuration: JsonObject,
  ) {
    super(new RootConstruct(), name);
  }

  override toTerraform(): JsonObject {
    return this.configuration;
  }
}
