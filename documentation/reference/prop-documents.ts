/** Pages on what a template, a platform and a construct can be given. */
import { blocks, page } from '../markdown';
import { reachedFrom, typeSection } from './prop-words';
import { readProps, type PropType } from './read-props';

const POLICY_AND_CATALOG = ['Policy', 'Catalog'];

export interface PropPages {
  readonly template: string;
  readonly platform: string;
  readonly constructs: string;
  /** Everything that is on one of them. */
  readonly shown: readonly PropType[];
}

const sections = (types: readonly PropType[]): string => blocks(...types.map(typeSection('##')));
const names = (types: readonly PropType[]): Set<string> => new Set(types.map(({ name }) => name));

const ELSEWHERE = 'Types of the policy and of the catalog: [policy](policy.md), [catalog](catalog.md).';

export function renderProps(types: ReadonlyMap<string, PropType> = readProps()): PropPages {
  const ownPages = names(reachedFrom(types, POLICY_AND_CATALOG));
  const template = reachedFrom(types, ['TemplateProgramProps'], ownPages);
  const platform = reachedFrom(types, ['PlatformProgramProps'], new Set([...ownPages, ...names(template)]));
  const before = new Set([...ownPages, ...names(template), ...names(platform)]);
  const composed = [...types.values()]
    .filter(({ file, name }) => file.startsWith('constructs/workspace/') && name.endsWith('Props'))
    .map(({ name }) => name)
    .sort();
  const constructs = reachedFrom(types, composed, before);
  return {
    template: page(
      'What a template can be given',
      'the docstrings of `src/` and `constructs/workspace/`',
      'A program calls `runTemplateProgram` with `TemplateProgramProps`; everything else here is reached from there.',
      `${ELSEWHERE} How to begin: [shape your own](../shape-your-own.md).`,
      sections(template),
    ),
    platform: page(
      'What a platform can be given',
      'the docstrings of `src/` and `constructs/platform/`',
      `A program calls \`runPlatformProgram\` with \`PlatformProgramProps\`. What its template takes: [template](template-props.md). ${ELSEWHERE}`,
      'How to begin: [the platform](../platform.md).',
      sections(platform),
    ),
    constructs: page(
      'What each construct can be given',
      'the docstrings of `constructs/workspace/`',
      'For templates that are put together by hand. In the examples `this` is the construct or stack around them; `context`, `agent` and so on are constructs made before.',
      ELSEWHERE,
      sections(constructs),
    ),
    shown: [...template, ...platform, ...constructs],
  };
}
