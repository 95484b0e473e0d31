/** How templates lie in a repository as files that people review. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isTerraformFile } from './configuration';

/** Snapshots of templates, one folder each. */
export const SNAPSHOTS = 'test/snapshots';

/** Ending of the gateway's document beside a template's folder: `<template>.gateway.json`. */
const DOCUMENT = '.gateway.json';

/** Where the gateway's document of a template lies, relative to the repository. */
export const documentPath = (template: string): string => `${SNAPSHOTS}/${template}${DOCUMENT}`;

/**
 * Folders that hold a template: other things are kept as snapshots too.
 * @param paths of files, relative to the folder of the snapshots
 */
export const templatesAmong = (paths: readonly string[]): string[] => [
  ...new Set(
    paths.flatMap((path) => {
      const [name = '', ...inside] = path.split('/');
      return isTerraformFile(inside.join('/')) ? [name] : [];
    }),
  ),
];

/** Names of the templates that a folder of a project has snapshots of. */
export function snapshotsIn(project: string): string[] {
  const folder = join(project, SNAPSHOTS);
  if (!existsSync(folder)) return [];
  return templatesAmong(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')),
  );
}
