import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../terminal/fault';
import type { TemplateFiles } from './configuration';

/** One thing in a template's folder. */
export interface FolderEntry {
  /** Relative, parts joined by "/". */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'other';
  readonly bytes: number;
}

/** What terraform and people leave in a folder and nobody means to push: never looked into. */
const NOT_LOOKED_INTO = ['.terraform', '.git'];

/** @throws UsageError when there is no such folder */
export function checkFolder(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`there is no folder ${folder}: "npm run synth" writes cdktf.out/stacks/<template>`);
  }
}

/** Every file below a folder, in a fixed order. */
export function entriesOf(folder: string, below = ''): FolderEntry[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name): FolderEntry[] => {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) {
        return NOT_LOOKED_INTO.includes(name) ? [] : entriesOf(folder, path);
      }
      const kind = stat.isFile() ? 'file' : stat.isSymbolicLink() ? 'link' : 'other';
      return [{ path, kind, bytes: stat.size }];
    });
}

/** What Terraform and people leave beside a template; it is neither reviewed nor pushed. */
const LEFTOVER = /(^|\/)\.|\.tfstate|\.tfvars(\.json)?$/;

/** The text of every file of a template's folder. */
export function readTemplate(folder: string): TemplateFiles {
  checkFolder(folder);
  return new Map(
    entriesOf(folder)
      .filter(({ kind, path }) => kind === 'file' && !LEFTOVER.test(path))
      .map(({ path }) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}
