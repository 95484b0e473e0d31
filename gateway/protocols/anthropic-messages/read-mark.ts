/** Reads the cache mark of a block, tool or request. */
import type { CacheMark } from '../../model/request';
import { invalid, object, type Fields } from '../fields';

/** The life that is offered: the catalog has its price. A longer one costs more. */
const OFFERED_LIFE = '5m';

export function readMark(param: string, value: unknown, dropped: Set<string>): CacheMark | undefined {
  if (value === undefined || value === null) return undefined;
  const mark = object(param, value);
  if (mark['type'] !== 'ephemeral') throw invalid(`${param}.type`, '"ephemeral"', mark['type']);
  for (const [name, setting] of Object.entries(mark))
    if (name !== 'type' && !(name === 'ttl' && setting === OFFERED_LIFE))
      dropped.add(`cache_control.${name}`);
  return { type: 'ephemeral' };
}

/** The object as it was sent, but for its mark. */
export function withMark(param: string, fields: Fields, dropped: Set<string>): Fields {
  if (!('cache_control' in fields)) return fields;
  const { cache_control: sent, ...rest } = fields;
  const mark = readMark(`${param}.cache_control`, sent, dropped);
  return mark ? { ...rest, cache_control: mark } : rest;
}
