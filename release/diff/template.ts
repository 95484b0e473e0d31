import { Configuration, type TemplateFiles } from '../configuration';
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

/** Addresses that `moved` blocks of the newer version gave to what the older one has. */
export type Moves = ReadonlyMap<string, string>;

const addressIn = (value: unknown): string =>
  typeof value === 'string' ? value.replace(/^\$\{\s*|\s*\}$/g, '') : '';

/** A `moved` block stays for ever; only what the older version still has under its old address moves now. */
export function movesBetween(before: Configuration, after: Configuration): Moves {
  const moves = after
    .ofKind('moved')
    .map(({ body }): [string, string] => [addressIn(body.from), addressIn(body.to)])
    .filter(([from, to]) => before.find(from) !== undefined && before.find(to) === undefined);
  return new Map(moves);
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
