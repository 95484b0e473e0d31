import type { Block } from '../../synth/form-rules/block';
import { code } from '../code-span';
import type { Change } from './change';
import type { Template } from './template';
import { describeDifference } from './value-difference';

const byName = (template: Template): Map<string, Block> =>
  new Map(
    template.configuration
      .ofType('data', 'coder_workspace_preset')
      .map((block) => [block.text('name') ?? block.address, block]),
  );

const LOOKS = ['description', 'icon', 'default'];

/** Presets fill the form in; a workspace stores the values, not the preset. */
export function presetChanges(before: Template, after: Template): Change[] {
  const [old, now] = [byName(before), byName(after)];
  const prebuilds = (block: Block | undefined): string[] =>
    block?.get('prebuilds') === undefined ? [] : ['Workspaces that stand ready for it are made anew.'];
  return [
    ...[...old]
      .filter(([name]) => !now.has(name))
      .map(([name, block]): Change => ({
        severity: 'new-only',
        title: `preset ${code(name)} removed`,
        details: [
          'Workspaces made with it keep their values; links that name it open the form without it.',
          ...prebuilds(block),
        ],
      })),
    ...[...now].flatMap(([name, block]): Change[] => {
      const older = old.get(name);
      if (older === undefined) {
        return [{ severity: 'new-only', title: `preset ${code(name)} added`, details: prebuilds(block) }];
      }
      const changed = [...new Set([...Object.keys(older.body), ...Object.keys(block.body)])].filter(
        (argument) =>
          before.references.meaningOf(older.get(argument) ?? null) !==
          after.references.meaningOf(block.get(argument) ?? null),
      );
      if (changed.length === 0) return [];
      return [
        {
          severity: changed.every((argument) => LOOKS.includes(argument)) ? 'cosmetic' : 'new-only',
          title: `preset ${code(name)} changed`,
          details: [
            ...changed.flatMap((argument) =>
              describeDifference(older.get(argument), block.get(argument), argument),
            ),
            ...prebuilds(block),
          ],
        },
      ];
    }),
  ];
}
