/** Writes the build context of the workspace image and builds it with Docker. */
import { resolve } from 'node:path';
import { runProgram } from '../terminal/program';
import { buildArguments, npmRegistry, runDocker } from '../workspace-image/image/build';
import { imageContext, writeContext } from '../workspace-image/image/context';
import { readOptions } from '../workspace-image/image/options';
import { workspaceImage } from '../workspace-image/image/workspace-image';

const HELP = `npm run image [-- options]

Writes the build context of the workspace image (Dockerfile and files) to cdktf.out/image/ and builds it with Docker.

  --tag NAME:TAG           name of the image                     (contractor-workspace:1)
  --outdir FOLDER          where the context is written          (cdktf.out/image)
  --context-only           write the context, build nothing
  --json                   print the result as JSON

For another base or a closed network:
  --base-image REFERENCE   Debian or Ubuntu image, pinned        (see workspace-image/image/pins.ts)
  --npm-registry URL       npm registry                          (the one npm on this machine uses)
  --gallery URL            service address of an extension gallery, in the build and in the workspace
  --vsix FOLDER            publisher.name-1.2.3.vsix files, taken before the gallery is asked
  --ca-certificate FILE    certificates (PEM) the build and the workspace trust besides the public ones
  --apt-mirror URL         Debian mirror; not needed when the base image holds the packages
  --apt-security-mirror URL
  --network NAME           Docker network of the build
`;

runProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(HELP);
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
});
