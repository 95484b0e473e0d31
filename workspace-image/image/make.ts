/** Writes the build context of the workspace image and builds it with Docker. */
import { resolve } from 'node:path';
import { buildArguments, npmRegistry, runDocker } from './build';
import { imageContext, writeContext } from './context';
import { checkOptions, type ImageWords } from './options';
import { workspaceImage } from './workspace-image';

export async function makeImage(words: ImageWords): Promise<void> {
  const options = checkOptions(words);
  const context = resolve(options.outdir);
  const { vsix, certificates } = options;
  writeContext(context, imageContext({ ...workspaceImage(), vsix, certificates }));
  process.stderr.write(`wrote ${context}\n`);
  if (!options.contextOnly) {
    const registry = options.npmRegistry ?? (await npmRegistry());
    await runDocker(buildArguments(context, options, registry));
    process.stderr.write(`built ${options.tag}\n`);
  }
  if (options.json) {
    const result = options.contextOnly ? { context } : { context, tag: options.tag };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
