import type { Command } from 'commander';
import type * as Make from '../workspace-image/image/make';
import { does, newCommand } from '../terminal/command';
import type { ImageWords } from '../workspace-image/image/options';

export const image = (): Command =>
  does<ImageWords>(
    newCommand('image', {
      summary: 'Build the workspace image',
      description:
        'Writes the build context of the workspace image (Dockerfile and files) and builds it with Docker.',
      examples: ['image --tag registry.example.com/workspace:2026.11', 'image --context-only'],
      notes:
        () => `For another base or a closed network: --base-image, --npm-registry, --gallery, --vsix, --ca-certificate,
--apt-mirror, --apt-security-mirror and --network.`,
    })
      .option('--tag <name:tag>', 'name of the image', 'contractor-workspace:1')
      .option('--outdir <folder>', 'where the context is written', 'cdktf.out/image')
      .option('--context-only', 'write the context, build nothing')
      .option('--json', 'print the result as JSON')
      .option('--base-image <reference>', 'Debian or Ubuntu image, pinned')
      .option('--npm-registry <url>', 'npm registry (default: the one npm on this machine uses)')
      .option('--gallery <url>', 'service address of an extension gallery, in the build and in the workspace')
      .option('--vsix <folder>', 'publisher.name-1.2.3.vsix files, taken before the gallery is asked')
      .option(
        '--ca-certificate <file>',
        'certificates (PEM) the build and the workspace trust besides the public ones',
      )
      .option('--apt-mirror <url>', 'Debian mirror; not needed when the base image holds the packages')
      .option('--apt-security-mirror <url>', 'its security updates')
      .option('--network <name>', 'Docker network of the build'),
    (_, words) => (require('../workspace-image/image/make') as typeof Make).makeImage(words),
  );
