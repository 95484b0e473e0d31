/**
 * The block that Claude Code puts before its system prompt: which version asks, from where, and some digits of the first
 * thing that was said. It tells the provider's own billing about subscriptions, nothing to a model, and is another one in
 * each conversation, so that no prompt cached by one could be read by the next. Calls from here are billed to the
 * gateway's own key, so it goes no further.
 *
 * Source: Claude Code 2.1.330 as shipped; its own switch against it is `CLAUDE_CODE_ATTRIBUTION_HEADER=0`.
 */
import type { TextBlock } from '../../model/request';

const NAME = 'x-anthropic-billing-header';
/** Characters; as written it has some hundred. */
const LONGEST = 1_024;
/** Exactly that: the name and settings, each closed by a semicolon, and not a word more. */
const ATTRIBUTION = /^x-anthropic-billing-header:(?: [a-z_]+=[^;\s]*;)+$/;

/** @param dropped gets its name, where it was there */
export function withoutAttribution(system: TextBlock[], dropped: Set<string>): TextBlock[] {
  const [first] = system;
  if (first === undefined || !isAttribution(first)) return system;
  dropped.add(`system.${NAME}`);
  return system.slice(1);
}

// One that is marked is what its client wants cached. bounded: `LONGEST`
const isAttribution = ({ text, cache_control: mark }: TextBlock): boolean =>
  // bounded: `LONGEST`
  mark === undefined && text.length <= LONGEST && ATTRIBUTION.test(text.trim());
