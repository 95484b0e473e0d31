import { canMeet, isPresent, literalText, shown, type Block } from './block';
import type { Rule } from './rule';

/** The nested blocks that have a key, by the resource they stand in. */
const KEYED: Readonly<Record<string, string>> = { coder_metadata: 'item', coder_agent: 'metadata' };

const about = ['resource coder_metadata', 'resource coder_agent'] as const;

/** Kept to by everything that shows or stores a key. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/;

const keyed = (
  block: Block,
): { body: Record<string, unknown>; key: string | undefined; argument: string }[] => {
  const argument = KEYED[block.type] ?? 'item';
  return block
    .nested(argument)
    .map(({ body }) => ({ body, key: literalText(body.key), argument: `${argument}.key` }));
};

/** What the dashboard shows beside a workspace. */
export const METADATA_RULES: readonly Rule[] = [
  {
    id: 'metadata/key-unique',
    about,
    check: (block) => {
      const entries = keyed(block).filter(({ key }) => key !== undefined);
      const repeated = entries.filter(({ key }, i) => entries.findIndex((other) => other.key === key) !== i);
      return [
        ...new Set(
          repeated.map(({ key, argument }) => `${argument} must be unique, got ${shown(key)} twice`),
        ),
      ];
    },
  },
  {
    id: 'metadata/key',
    about,
    check: (block) =>
      keyed(block)
        .filter(({ key }) => key !== undefined && !KEY.test(key))
        .map(
          ({ key, argument }) =>
            `${argument} must be letters, digits, spaces, dots, hyphens and underscores, got ${shown(key)}: ` +
            'a key names a value, use display_name for what people read',
        ),
  },
  {
    id: 'metadata/one-per-resource',
    about: 'resource coder_metadata',
    check: (metadata, stack) => {
      const resource = metadata.get('resource_id');
      if (resource === undefined) return undefined;
      const other = stack.earlier(
        metadata,
        (one) => one.get('resource_id') === resource && canMeet(one, metadata),
      );
      return (
        other &&
        `resource_id ${shown(resource)} has the metadata of ${other.path} already: join them, ` +
          'Coder refuses two of one resource'
      );
    },
  },
  {
    id: 'metadata/interval',
    about: 'resource coder_agent',
    check: (agent) =>
      agent.nested('metadata').flatMap(({ body, label }) => {
        const { interval } = body;
        return isPresent(interval) && typeof interval === 'number' && interval < 1
          ? `${label}: interval must be 1 or more seconds, got ${interval}: the script would run without a pause`
          : [];
      }),
  },
];
