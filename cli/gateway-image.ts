import type { Command } from 'commander';
import type * as Make from '../gateway-image/make';
import { does, newCommand } from '../terminal/command';

export const gatewayImage = (): Command =>
  does<Make.GatewayImageWords>(
    newCommand('gateway-image', {
      summary: "Build the gateway's image",
      description:
        'Puts the gateway into one program, writes the build context of its image around it, and builds that with Docker.',
      examples: [
        'gateway-image --tag registry.example.com/gateway:1',
        'gateway-image --standalone',
        'gateway-image --context-only',
      ],
      notes: () =>
        'The program alone, for a host without containers, is the folder "app" of the context; docs/platform.md says how to run it.',
    })
      .option('--tag <name:tag>', 'name of the image', 'contractor-workspace-gateway:1')
      .option('--outdir <folder>', 'where the context is written', 'cdktf.out/gateway-image')
      .option(
        '--base-image <reference>',
        'image with Node.js 24 on the PATH and glibc (default: the official one)',
      )
      .option('--standalone', "with the embedded store, for this machine's kind of processor")
      .option('--context-only', 'write the context, build nothing')
      .option('--json', 'print the result as JSON'),
    (_, words) => (require('../gateway-image/make') as typeof Make).makeGatewayImage(words),
  );
