import { Configuration, type TemplateFiles } from '../configuration';
import type { Moves } from './moves';
import { References } from './references';

/** One version of a template. */
export interface Template {
  readonly files: TemplateFiles;
  readonly configuration: Configuration;
  /** Takes what a provider works out for what it is called. */
  readonly references: References;
  /** Also follows what a provider works out to what makes it work out something else. */
  readonly deep: References;
}

export const templateOf = (files: TemplateFiles, configuration: Configuration, moves?: Moves): Template => ({
  files,
  configuration,
  references: new References(configuration, files, moves),
  deep: new References(configuration, files, moves, true),
});

/**
 * @param origin how messages name the version: `main`, a folder
 * @throws Error that lists what cannot be read
 */
export async function readTemplateCode(origin: string, files: TemplateFiles): Promise<Configuration> {
  const configuration = await Configuration.read(files);
  if (configuration.faults.length > 0) {
    const lines = configuration.faults.map(({ file, message }) => `- ${file}: ${message}`);
    throw new Error(`the template of ${origin} cannot be read:\n${lines.join('\n')}`);
  }
  if (configuration.blocks.length === 0) {
    throw new Error(
      `the template of ${origin} has no Terraform code at its top: a template is a folder with *.tf`,
    );
  }
  return configuration;
}
