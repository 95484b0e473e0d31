/** Reads the cache mark of a block, tool or request. */
import { GatewayError } from '../../errors';
import type { CacheMark } from '../../model/request';
import { checkCount } from '../../model/request-limits';
import { invalid, object, type Fields } from '../fields';
import { shortName } from './top-level-fields';

/** What a mark lives without a word. An hour costs more, and is offered where the catalog has its price. */
const USUAL_LIFE = '5m';

export function readMark(param: string, value: unknown, dropped: Set<string>): CacheMark | undefined {
  if (value === undefined || value === null) return undefined;
  const mark = object(param, value);
  const members = Object.entries(mark);
  checkCount(param, members.length, 'cacheMark');
  if (mark['type'] !== 'ephemeral') throw invalid(`${param}.type`, '"ephemeral"', mark['type']);
  for (const [name, setting] of members)
    if (name !== 'type' && !(name === 'ttl' && (setting === USUAL_LIFE || setting === '1h')))
      dropped.add(`cache_control.${name}`);
  return mark['ttl'] === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

/** The object as it was sent, but for its mark. */
export function withMark(param: string, fields: Fields, dropped: Set<string>): Fields {
  if (!('cache_control' in fields)) return fields;
  const { cache_control: sent, ...rest } = fields;
  const mark = readMark(`${param}.cache_control`, sent, dropped);
  return mark ? { ...rest, cache_control: mark } : rest;
}

/** Refuses a mark at any depth of the members that are passed on unread: its life would go uncounted. */
export function refuseMarks(param: string, fields: Fields, except: readonly string[] = []): void {
  for (const [name, value] of Object.entries(fields)) {
    if (except.includes(name) || value === null || typeof value !== 'object') continue;
    const place = `${param}.${shortName(name)}`;
    if (Object.hasOwn(value, 'cache_control'))
      throw new GatewayError('request_invalid', {
        message: `${place}.cache_control: a cache mark is not taken here. Put it on a content block, a tool or the request itself.`,
        param: `${place}.cache_control`,
      });
    refuseMarks(place, value as Fields);
  }
}
