import type { ImageExtension, ImageFile, ImageParts } from '../../constructs/workspace/assistants/assistant';

/** Parts, and who asked for them: named in errors. */
export interface NamedParts {
  readonly name: string;
  readonly parts: ImageParts;
}

/** Everything the image holds, in an order that does not depend on who asked first. */
export interface MergedParts {
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly extensions: readonly ImageExtension[];
  readonly files: readonly Required<ImageFile>[];
  readonly settings: Readonly<Record<string, unknown>>;
}

const PACKAGE = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/;
const VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const EXTENSION = /^[A-Za-z0-9][\w-]*\.[A-Za-z0-9][\w-]*$/;
const PATH = /^(\/[A-Za-z0-9._-]+)+$/;
const MODE = /^[0-7]{3}$/;
/** The home is a volume: what the image puts there reaches new workspaces only. */
const HOME = '/home/';

/** Values by key, and who stated them; a second, different value for a key is a fault. */
class Stated<T> {
  private readonly values = new Map<string, { readonly value: T; readonly by: string }>();

  constructor(
    private readonly what: string,
    private readonly faults: string[],
  ) {}

  add(key: string, value: T, by: string): void {
    const before = this.values.get(key);
    if (before && JSON.stringify(before.value) !== JSON.stringify(value)) {
      const shown = (stated: T): string => JSON.stringify(stated).slice(0, 120);
      this.faults.push(
        `${this.what} "${key}": ${before.by} wants ${shown(before.value)}, ${by} wants ${shown(value)}; make them agree`,
      );
    } else if (!before) {
      this.values.set(key, { value, by });
    }
  }

  sorted(): [string, T][] {
    return [...this.values]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, { value }]) => [key, value]);
  }
}

/**
 * Brings the parts of all assistants together.
 *
 * @throws Error that names every part that is not valid and every two that contradict each other
 */
export function mergeParts(
  all: readonly NamedParts[],
  removedExtensions: readonly string[] = [],
): MergedParts {
  const faults: string[] = [];
  const packages = new Stated<string>('npm package', faults);
  const extensions = new Stated<ImageExtension>('extension', faults);
  const files = new Stated<Required<ImageFile>>('file', faults);
  const settings = new Stated<unknown>('setting', faults);

  for (const { name: by, parts } of all) {
    for (const [name, version] of Object.entries(parts.packages ?? {})) {
      if (!PACKAGE.test(name)) faults.push(`${by}: npm package "${name}" is no name of a package`);
      if (!VERSION.test(version)) {
        faults.push(`${by}: npm package "${name}" has version "${version}"; give an exact one, like 1.2.3`);
      }
      packages.add(name, version, by);
    }
    for (const extension of parts.extensions ?? []) {
      const { id, version } = extension;
      if (!EXTENSION.test(id)) faults.push(`${by}: extension "${id}" must be "publisher.name"`);
      if (!VERSION.test(version)) {
        faults.push(`${by}: extension "${id}" has version "${version}"; give an exact one, like 1.2.3`);
      }
      if (removedExtensions.includes(id.toLowerCase())) {
        faults.push(
          `${by}: extension "${id}" is one that src/ai-features.ts removes; take it out of one of the two`,
        );
      }
      extensions.add(id.toLowerCase(), extension, by);
    }
    for (const { path, content, mode = '644' } of parts.files ?? []) {
      if (!PATH.test(path) || path.split('/').includes('..')) {
        faults.push(`${by}: file "${path}" must be an absolute path of letters, digits, ".", "_" and "-"`);
      }
      if (path.startsWith(HOME)) {
        faults.push(
          `${by}: file "${path}" lies in a home, which is a volume; put it elsewhere, like below /etc`,
        );
      }
      if (!MODE.test(mode))
        faults.push(`${by}: file "${path}" has mode "${mode}"; give three octal digits, like 755`);
      files.add(path, { path, content, mode }, by);
    }
    for (const [key, value] of Object.entries(parts.settings ?? {})) settings.add(key, value, by);
  }
  if (faults.length > 0) {
    throw new Error(
      `the parts of the workspace image are not valid\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    );
  }
  return {
    packages: packages.sorted().map(([name, version]) => ({ name, version })),
    extensions: extensions.sorted().map(([, extension]) => extension),
    files: files.sorted().map(([, file]) => file),
    settings: Object.fromEntries(settings.sorted()),
  };
}
