import type { TemplateFiles } from '../configuration';
import { inOrder, type Change } from './change';
import { editChanges } from './edit-changes';
import { parameterChanges } from './parameter-changes';
import { presetChanges } from './preset-changes';
import { addressChanges } from './resource-changes';
import { movesBetween } from './moves';
import { readTemplateCode, templateOf } from './template';
import { unifiedDiff } from './unified-diff';
import { variableChanges } from './variable-changes';
import { versionChanges } from './version-changes';

/** One version of a template and how reports name it. */
export interface Version {
  readonly origin: string;
  readonly files: TemplateFiles;
}

/**
 * What it means that a template becomes another one, the worst first.
 *
 * @throws Error when one of them cannot be read
 */
export async function compareTemplates(from: Version, to: Version): Promise<Change[]> {
  const [older, newer] = [
    await readTemplateCode(from.origin, from.files),
    await readTemplateCode(to.origin, to.files),
  ];
  const moves = movesBetween(older, newer);
  const before = templateOf(from.files, older, moves);
  const after = templateOf(to.files, newer);
  const changes = [
    ...parameterChanges(before, after),
    ...variableChanges(before, after),
    ...addressChanges(before, after, moves),
    ...editChanges(before, after, moves),
    ...versionChanges(before, after),
    ...presetChanges(before, after),
  ];
  return inOrder(changes.length > 0 ? changes : textOnly(from.files, to.files));
}

/** Comments, order and outputs: the text is another one and means the same. */
function textOnly(before: TemplateFiles, after: TemplateFiles): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({
      severity: 'cosmetic' as const,
      title: `\`${path}\` is written in another way`,
      details: ['Nothing that people or workspaces notice.'],
      diff: unifiedDiff(path, before.get(path), after.get(path)),
    }));
}
