/** What a model can do, and how it is asked. */
import { code } from '../../code-span';
import { asItStands, count, onOff } from './amounts';
import type { FieldRule } from './field-rules';
import { isText } from './members';

export const MODEL_FIELDS: readonly FieldRule[] = [
  { field: 'display_name', reads: 'name for people', more: 'none' },
  { field: 'context_window', reads: 'tokens of context', show: count, more: 'looser' },
  { field: 'max_output_tokens', reads: 'output tokens at most', show: count, more: 'looser' },
  {
    field: 'min_cache_tokens',
    reads: 'tokens of the shortest prompt that is cached',
    show: count,
    more: 'dearer',
  },
  { field: 'supports_images', reads: 'takes images:', show: onOff, more: 'looser' },
  { field: 'reasoning', reads: 'way to be told to think', absent: 'none', more: 'other' },
  {
    field: 'efforts',
    reads: 'words for how much to think',
    absent: ['low', 'medium', 'high'],
    more: 'other',
  },
  { field: 'sampling', reads: 'sampling parameters it takes', absent: 'one', more: 'other' },
  {
    field: 'structured_outputs',
    reads: 'follows a JSON schema by itself:',
    show: onOff,
    absent: false,
    more: 'other',
  },
  { field: 'prefill', reads: 'goes on from a begun answer:', show: onOff, absent: true, more: 'looser' },
  {
    field: 'system_turns',
    reads: 'takes system messages between the turns:',
    show: onOff,
    absent: false,
    more: 'looser',
  },
  {
    field: 'successor',
    reads: 'successor',
    show: (name) => (name === undefined ? 'none' : asItStands(name)),
    more: 'other',
    says: (_, name) => [
      isText(name)
        ? `Once all its deployments have ended, ${code(name)} answers. Who may use this one may use that one as well, unless it is dearer.`
        : 'Once all its deployments have ended, they are asked all the same.',
    ],
  },
];

/** Members that have modules of their own. */
export const ELSEWHERE = ['name', 'aliases', 'retired_names', 'deployments'];
