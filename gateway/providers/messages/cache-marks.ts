/**
 * Prompt-cache marks. What the client marked stays marked; where it marked nothing, the gateway does, since an
 * agent sends nearly the same prompt at every step and a cached token costs a tenth.
 */
import { innerBlocks, type CacheMark, type ContentBlock, type ModelRequest } from '../../model/request';

/** The provider refuses more. */
const MOST_MARKS = 4;
const MARKED_USER_TURNS = 2;

type Marked = { cache_control?: CacheMark };

/**
 * Marks a request in place.
 *
 * @param bytes its rough size; shorter prompts than the model caches are left alone
 * @returns whether a mark lives for an hour, which has another price
 */
export function markForCache(request: ModelRequest, bytes: number, minCacheTokens: number): boolean {
  // A mark for the request as a whole: the provider sets it where it does most good, and counts it.
  const most = 'cache_control' in request.ownMembers ? MOST_MARKS - 1 : MOST_MARKS;
  const marked = markedBlocks(request);
  // The later a mark, the longer the prefix it saves.
  for (const block of marked.slice(0, -most)) delete block.cache_control;
  const whole = request.ownMembers['cache_control'] as CacheMark | undefined;
  if (marked.length > 0 || whole !== undefined)
    return whole?.ttl === '1h' || marked.slice(-most).some((block) => block.cache_control?.ttl === '1h');
  // A token has a byte at least, so fewer bytes than tokens asked for can never be cached.
  if (bytes < minCacheTokens) return false;
  mark(request.system.at(-1));
  mark(request.tools.at(-1));
  const userTurns = request.turns.filter(({ role }) => role === 'user').slice(-MARKED_USER_TURNS);
  for (const turn of userTurns) mark(turn.content.at(-1));
  return false;
}

function mark(block: Marked | undefined): void {
  if (block) block.cache_control = { type: 'ephemeral' };
}

/** In the order the provider reads them: tools, system, messages. */
function markedBlocks(request: ModelRequest): Marked[] {
  const marked: Marked[] = [];
  const look = (block: Marked): void => {
    if (block.cache_control !== undefined) marked.push(block);
  };
  const lookInside = (block: ContentBlock): void => {
    for (const inner of innerBlocks(block)) lookInside(inner);
    look(block);
  };
  request.tools.forEach(look);
  request.system.forEach(look);
  for (const { content } of request.turns) content.forEach(lookInside);
  return marked;
}

/** The request with marks of the usual life alone. */
export function withUsualLife(request: ModelRequest): ModelRequest {
  const { cache_control: whole, ...own } = request.ownMembers;
  return {
    ...request,
    tools: request.tools.map(shortened),
    system: request.system.map(shortened),
    turns: request.turns.map((turn) => ({ ...turn, content: turn.content.map(shortenedInside) })),
    ownMembers: whole === undefined ? own : { ...own, cache_control: { type: 'ephemeral' } },
  };
}

const shortened = <T extends Marked>(block: T): T =>
  block.cache_control?.ttl === undefined ? block : { ...block, cache_control: { type: 'ephemeral' } };

function shortenedInside<T extends ContentBlock>(block: T): T {
  const own = shortened(block);
  if (innerBlocks(block).length === 0) return own;
  if (own.type === 'document' && own.source.type === 'content')
    return { ...own, source: { ...own.source, content: innerBlocks(own).map(shortened) } };
  return { ...own, content: innerBlocks(own).map(shortenedInside) };
}
