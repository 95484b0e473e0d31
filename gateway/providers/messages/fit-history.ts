/**
 * The conversation's history without what Anthropic refuses of other models' answers in it: thoughts that nobody signed,
 * words behind a call, and ids of calls that are odd or used before.
 */
import { plainId, PlainIds } from '../../model/tool-call-id';
import { callsLast } from '../../model/turn-order';
import type { ContentBlock, Turn } from '../../model/request';

export interface FittedHistory {
  readonly turns: readonly Turn[];
  /** Thoughts were left out. */
  readonly isThoughtless: boolean;
}

/** @returns the very same turns where nothing is to be mended */
export function fitHistory(sent: readonly Turn[]): FittedHistory {
  const turns = callsLast(sent);
  const ids = new CallIds();
  let isThoughtless = false;
  const fit = (block: ContentBlock): ContentBlock | undefined => {
    if (!isUnsigned(block)) return ids.fit(block);
    isThoughtless = true;
    return undefined;
  };
  const fitted = mapped(turns, (turn) => {
    if (turn.role === 'assistant') ids.startTurn();
    const content = mapped(turn.content, fit);
    return content === turn.content ? turn : { ...turn, content: [...content] };
  });
  return { turns: fitted, isThoughtless };
}

const isUnsigned = (block: ContentBlock): boolean => block.type === 'thinking' && block.signature === '';

/** The very same list where nothing becomes another; what becomes undefined is left out. */
function mapped<T>(list: readonly T[], map: (entry: T) => T | undefined): readonly T[] {
  let changed: T[] | undefined;
  list.forEach((entry, at) => {
    const other = map(entry);
    if (other !== entry) changed ??= list.slice(0, at);
    if (other !== undefined) changed?.push(other);
  });
  return changed ?? list;
}

/** Gives each call an id of its own, and each result that of its call. */
class CallIds {
  readonly #ids = new PlainIds();
  /** Of the calls before the turn that answers them: by their own ids, in their order. */
  readonly #asked = new Map<string, string[]>();

  /** The assistant's: what was asked before is answered, or never will be. */
  startTurn(): void {
    this.#asked.clear();
  }

  fit(block: ContentBlock): ContentBlock {
    if (block.type === 'tool_use') {
      const id = this.#ids.next(block.id);
      const same = this.#asked.get(block.id);
      if (same) same.push(id);
      else this.#asked.set(block.id, [id]);
      return id === block.id ? block : { ...block, id };
    }
    // Anthropic's clients are checked no further than they are read.
    if (block.type !== 'tool_result' || typeof block.tool_use_id !== 'string') return block;
    const id = this.#asked.get(block.tool_use_id)?.shift() ?? plainId(block.tool_use_id);
    return id === block.tool_use_id ? block : { ...block, tool_use_id: id };
  }
}
