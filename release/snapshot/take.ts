/** Takes the snapshots of all templates, and says which files it wrote. */
import { join } from 'node:path';
import { saying } from '../../terminal/progress';
import { PROJECT } from '../root';
import { Scratch } from '../scratch';
import { documentPath, SNAPSHOTS, snapshotsIn } from '../snapshots';
import { Synthesized } from '../synthesized';
import { readTemplate } from '../template-folder';
import { writeFolder, type Written } from './write-folder';

export interface SnapshotWords {
  readonly json?: boolean;
}

/** What was written, by path relative to the project. */
export interface Taken extends Written {
  /** Snapshots that no program writes any more: they are left as they are. */
  readonly orphans: readonly string[];
}

/** @param project where the snapshots lie. @default - the project this program is of */
export async function takeSnapshots(words: SnapshotWords, project = PROJECT): Promise<void> {
  const taken = await take(project);
  process.stdout.write(words.json === true ? `${JSON.stringify(taken, null, 2)}\n` : describe(taken));
}

const take = (project: string): Promise<Taken> =>
  Scratch.with(async (scratch) => {
    const synthesized = new Synthesized(scratch);
    const templates = await saying('Synthesizing every template', () => synthesized.all());
    const files = new Map<string, string>();
    for (const { name, folder, document } of templates) {
      for (const [path, text] of readTemplate(folder)) files.set(`${SNAPSHOTS}/${name}/${path}`, text);
      if (document !== undefined) files.set(documentPath(name), document);
    }
    const names = new Set(templates.map(({ name }) => name));
    const below = (path: string): string => path.slice(SNAPSHOTS.length + 1);
    const written = writeFolder(
      join(project, SNAPSHOTS),
      new Map([...files].map(([path, text]) => [below(path), text])),
      (path) => names.has(path.split('/')[0] ?? '') && path.includes('/'),
    );
    const fromProject = (paths: readonly string[]): string[] =>
      paths.map((path) => `${SNAPSHOTS}/${path}`).sort();
    return {
      added: fromProject(written.added),
      changed: fromProject(written.changed),
      removed: fromProject(written.removed),
      unchanged: written.unchanged,
      orphans: snapshotsIn(project)
        .filter((name) => !names.has(name))
        .map((name) => `${SNAPSHOTS}/${name}/`),
    };
  });

function describe({ added, changed, removed, unchanged, orphans }: Taken): string {
  const lines = (['added', 'changed', 'removed'] as const).flatMap((what) =>
    ({ added, changed, removed })[what].map((path) => `${what.padEnd(8)} ${path}`),
  );
  return `${[
    ...lines,
    `${unchanged} ${unchanged === 1 ? 'file' : 'files'} unchanged.`,
    ...orphans.map(
      (folder) =>
        `No program writes the template of ${folder} any more: remove the folder if it is given up.`,
    ),
  ].join('\n')}\n`;
}
