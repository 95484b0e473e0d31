/** Images that the platform and its workspaces run: built here where the project makes them, pulled otherwise. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { SERVICE_IMAGES } from '../constructs/platform/service-image';
import { MADE } from '../gateway-image/made';
import type * as MakeGatewayImage from '../gateway-image/make';
import { SHIPPED_IMAGE } from '../src/run-platform-file';
import type * as MakeImage from '../workspace-image/image/make';
import { CliError } from '../terminal/fault';
import { IS_PACKAGE } from '../terminal/set-up.cjs';
import type { Engine } from './engine';
import type { PlatformFolder } from './folder';
import { lastLines, runProgram } from './programs';
import { addToRecord, readRecord } from './record';

export interface NeededImage {
  readonly reference: string;
  /** How it is made here. @default - it is pulled */
  readonly build?: 'gateway' | 'workspace';
}

export interface ImageContext {
  readonly engine: Engine;
  readonly folder: PlatformFolder;
  /** PEM file of what the workspaces have to trust. @default - public authorities alone */
  readonly authority: string | undefined;
  readonly gatewayBaseImage?: string | undefined;
  /** Whether a gateway of this platform runs, which another image would be another version for. */
  readonly isGatewayThere: boolean;
}

/** Without its version: a site may count versions of its own. */
const nameOf = (reference: string): string => reference.replace(/[:@].*$/, '');

/** Every image once. */
export function neededImages(
  { services }: PlatformOutline,
  { image }: { readonly image?: string },
): NeededImage[] {
  const needed = new Map<string, NeededImage>();
  for (const { image: reference } of services)
    needed.set(reference, {
      reference,
      ...(nameOf(reference) === nameOf(SERVICE_IMAGES.gateway.reference) && { build: 'gateway' as const }),
    });
  if (image !== undefined)
    needed.set(image, {
      reference: image,
      ...(nameOf(image) === nameOf(SHIPPED_IMAGE) && { build: 'workspace' as const }),
    });
  return [...needed.values()];
}

/** @returns the image's id; nothing when the engine does not have it */
export async function imageId(engine: Engine, reference: string): Promise<string | undefined> {
  const found = await engine.find<{ Id: string }>(`/images/${encodeURIComponent(reference)}/json`);
  return found?.Id;
}

/** Those that the engine does not have. */
export async function missingImages(engine: Engine, needed: readonly NeededImage[]): Promise<NeededImage[]> {
  const ids = await Promise.all(needed.map(({ reference }) => imageId(engine, reference)));
  return needed.filter((_, at) => ids[at] === undefined);
}

/** @returns what was done, in some words */
export async function provideImages(
  needed: readonly NeededImage[],
  context: ImageContext,
  { rebuild }: { readonly rebuild: boolean },
  stop: AbortSignal,
): Promise<string> {
  const done: string[] = [];
  for (const image of needed) {
    stop.throwIfAborted();
    const { reference, build } = image;
    const id = await imageId(context.engine, reference);
    if (build === undefined) {
      if (id !== undefined) continue;
      await pull(reference, stop);
      done.push(`pulled ${reference}`);
    } else if (id === undefined || rebuild || isOutdated(image, context)) {
      if (id !== undefined && !rebuild && build === 'gateway' && context.isGatewayThere)
        throw new CliError(
          `The gateway's program is another one than ${reference} was built from: that is what "contractor-workspace upgrade" is for.`,
        );
      await BUILD[build](reference, context);
      await noteBuilt(image, context);
      if ((await imageId(context.engine, reference)) !== id) done.push(`built ${reference}`);
    }
  }
  return done.length === 0 ? 'all are there' : done.join(', ');
}

/** Whether it would be another one if it were built now. Of one that was brought here nothing is known. */
function isOutdated({ reference, build }: NeededImage, context: ImageContext): boolean {
  const built = readRecord(context.folder).images?.[reference];
  return build !== undefined && built !== undefined && built.inputs !== INPUTS[build](context);
}

async function noteBuilt({ reference, build }: NeededImage, context: ImageContext): Promise<void> {
  if (build === undefined) return;
  const id = (await imageId(context.engine, reference)) ?? '';
  const { images = {} } = readRecord(context.folder);
  addToRecord(context.folder, { images: { ...images, [reference]: { inputs: INPUTS[build](context), id } } });
}

const ROOT = join(__dirname, '..');
/** What the gateway's program is made of, but for packages. */
const GATEWAY_SOURCES = ['administration', 'cli', 'gateway', 'gateway-image', 'prompts', 'src', 'terminal'];

/** What an image is made from, as one word. */
const INPUTS: Readonly<Record<NonNullable<NeededImage['build']>, (context: ImageContext) => string>> = {
  gateway: () => {
    if (IS_PACKAGE) return digestOfFolder(MADE);
    const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
    for (const folder of GATEWAY_SOURCES) hash.update(digestOfFolder(join(ROOT, folder)));
    return hash.digest('hex');
  },
  // It has the platform's authority in it: another authority is another image.
  workspace: ({ authority }) =>
    authority === undefined ? '' : createHash('sha256').update(readFileSync(authority)).digest('hex'),
};

const BUILD: Readonly<
  Record<NonNullable<NeededImage['build']>, (tag: string, context: ImageContext) => Promise<void>>
> = {
  gateway: (tag, { folder, gatewayBaseImage }) =>
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it loads a compiler
    (require('../gateway-image/make') as typeof MakeGatewayImage).makeGatewayImage({
      tag,
      outdir: join(folder.path, 'gateway-image'),
      ...(gatewayBaseImage !== undefined && { baseImage: gatewayBaseImage }),
    }),
  workspace: (tag, { folder, authority }) =>
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- nobody else needs it
    (require('../workspace-image/image/make') as typeof MakeImage).makeImage({
      tag,
      outdir: join(folder.path, 'workspace-image'),
      ...(authority !== undefined && { caCertificate: authority }),
    }),
};

/** By Docker's own program: it knows where this person is signed in. @throws CliError that says what else can be done */
async function pull(reference: string, stop: AbortSignal): Promise<void> {
  const { status, stderr, stdout } = await runProgram('docker', ['pull', '--quiet', reference], stop);
  if (status === 0) return;
  throw new CliError(
    `The image ${reference} cannot be pulled: ${lastLines(stderr || stdout, 3)}\nLet this host out to its registry, bring the image by "docker save" and "docker load", or name a mirror's in the program: ServiceImage.of('registry.example.com/${reference}').`,
  );
}

/** A digest of all files in a folder, by their names and contents. */
export function digestOfFolder(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length))
    .filter((name) => !/\.terraform|\.tfstate/.test(name))
    .sort();
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0');
  return hash.digest('hex');
}
