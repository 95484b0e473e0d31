import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { TemplateStack } from '../../synth/template-stack';
import { DockerVolume } from '../common/docker';
import { expression } from '../common/expression';
import { GATEWAY_PROGRAMS } from './gateway-programs';
import { labelsOf } from './ownership';
import type { PlatformContext } from './platform-context';
import { Service, type ServiceFiles, type UploadContent } from './service';

const SOURCES = join(__dirname, 'files');

/** A file by its name in the folder: text, an expression of it, or a file of the machine that runs Terraform. */
export type PlacedFile =
  { readonly content: string } | { readonly source: string } | { readonly script: string };

export interface PlacedFilesProps {
  readonly platform: PlatformContext;
  /** Terraform name of the service they are for. */
  readonly service: string;
  /** `uid:gid` of who reads them, and nobody else. */
  readonly owner: string;
  readonly files: Readonly<Record<string, PlacedFile>>;
  /** Where the service finds them. @default '/run/ai-platform' */
  readonly path?: string;
  /** Addresses of resources that must be there before. @default - none */
  readonly after?: readonly string[];
}

/**
 * Files of one service in a volume of their own, mode 0400. Docker puts no file into a container whose root is read-only,
 * and one it puts elsewhere belongs to root; so a container that runs once takes them and hands them on. What it was
 * given is in Terraform's state and on the engine's disk, in no environment and no `docker inspect`.
 */
export class PlacedFiles extends Construct implements ServiceFiles {
  /** Name of the volume, as text for an attribute. */
  readonly volume: string;
  readonly path: string;
  readonly address: string;

  constructor(scope: Construct, id: string, props: PlacedFilesProps) {
    super(scope, id);
    const { platform, service } = props;
    const name = `${service}_files`;
    this.path = props.path ?? '/run/ai-platform';
    new DockerVolume(this, 'Volume', {
      name: platform.nameOf(name),
      labels: labelsOf(platform.name),
    }).overrideLogicalId(name);
    platform.madeVolumes.push(platform.nameOf(name));
    this.volume = `\${docker_volume.${name}.name}`;
    this.address = new Service(this, 'Place', {
      platform,
      name,
      image: platform.gatewayImage,
      user: '0:0',
      entrypoint: ['node', GATEWAY_PROGRAMS.placeFiles],
      command: [props.owner],
      // It is what the files are put into.
      readOnly: false,
      capabilities: ['CAP_CHOWN'],
      memory: 128,
      cpus: 0.5,
      runsOnce: true,
      volumes: [{ volume: this.volume, path: '/placed' }],
      uploads: Object.entries(props.files).map(([file, given]) => ({
        file: `/given/${file}`,
        ...this.uploadOf(given),
      })),
      after: props.after,
    }).address;
  }

  /** Where the service finds one of them. */
  pathOf(file: string): string {
    return `${this.path}/${file}`;
  }

  private uploadOf(given: PlacedFile): UploadContent {
    if ('content' in given) return given;
    const source = 'source' in given ? given.source : this.ship(given.script);
    return { source: `\${${source}}`, hash: expression`filesha256(${source})` };
  }

  /** @returns plain expression of its path */
  private ship(script: string): string {
    return shipText(this, `files/${script}`, readFileSync(join(SOURCES, script), 'utf8'));
  }
}

/**
 * Ships a file beside the platform's HCL. The same text may be shipped for several services.
 *
 * @returns plain expression of its path
 */
export function shipText(scope: Construct, path: string, content: string): string {
  const stack = TerraformStack.of(scope);
  if (!(stack instanceof TemplateStack))
    throw new Error(`${scope.node.path} ships "${path}", which only a TemplateStack can: put it in one`);
  if (stack.shippedFiles.get(path) !== content) stack.addFile(path, content);
  return `"\${path.module}/${path}"`;
}
