/**
 * How much an OpenAI client wants the model to think, in the words its model takes.
 *
 * What Anthropic refuses beside thinking makes it go without: a forced tool, an answer that was begun for it, and a
 * tool's result whose call came without the thoughts that led to it, which OpenAI's clients mostly lose.
 */
import type { ModelDocument } from '../../config/document';
import {
  budgetOf,
  effortOf,
  EFFORTS,
  LEAST_BUDGET,
  type Effort,
  type Reasoning,
} from '../../model/reasoning';
import type { ModelRequest, ToolChoice, Turn } from '../../model/request';
import { wantedTokens } from '../../model/wanted-tokens';

export interface FittedReasoning {
  /** Whether the model thinks, and so may be given its thoughts back. */
  readonly isThinking: boolean;
  readonly thinking?: Readonly<Record<string, unknown>>;
  /** For `output_config`. */
  readonly effort?: string;
  readonly betas: readonly string[];
  readonly leastTokens: number;
  readonly dropped: readonly string[];
}

const EFFORT_BETA = 'effort-2025-11-24';
/** Of the tokens of an answer, so that something is left to say. */
const LARGEST_SHARE = 0.8;
/** Tokens left to say it. */
const ROOM = 256;

const NONE: FittedReasoning = { isThinking: false, betas: [], leastTokens: 1, dropped: [] };

export function fitReasoning(
  request: ModelRequest,
  model: ModelDocument,
  toolChoice: ToolChoice | undefined,
): FittedReasoning {
  const { reasoning } = request;
  if (reasoning === undefined || reasoning.effort === 'none') return NONE;
  const without = { ...NONE, dropped: [reasoning.field] };
  const way = wayOf(model, reasoning);
  if (way === 'none') return without;
  if (way === 'effort') return { ...NONE, effort: wordOf(reasoning, model), betas: [EFFORT_BETA] };
  const isForced = toolChoice?.type === 'any' || toolChoice?.type === 'tool';
  if (isForced || request.turns.at(-1)?.role === 'assistant') return without;
  if (way === 'adaptive')
    return { ...NONE, isThinking: true, thinking: { type: 'adaptive' }, effort: wordOf(reasoning, model) };
  const most = Math.floor(wantedTokens(request, model) * LARGEST_SHARE);
  const budget = Math.min(Math.max(budgetOf(reasoning), LEAST_BUDGET), most);
  if (budget < LEAST_BUDGET || hasLostThoughts(request.turns)) return without;
  return {
    ...NONE,
    isThinking: true,
    thinking: { type: 'enabled', budget_tokens: budget },
    leastTokens: budget + ROOM,
  };
}

// A model told by a word can be told by a number as well, unless it decides itself.
function wayOf({ reasoning: way = 'none' }: ModelDocument, { budget }: Reasoning): typeof way {
  return way === 'effort' && budget !== undefined ? 'budget' : way;
}

const USUAL_EFFORTS: readonly Effort[] = ['low', 'medium', 'high'];

/** The word asked for, or else the next one below it that the model takes; the least one when there is none below. */
function wordOf({ effort, budget }: Reasoning, model: ModelDocument): Effort {
  const words: readonly Effort[] = model.efforts ?? USUAL_EFFORTS;
  const taken = EFFORTS.filter((word) => words.includes(word));
  // A number is a bound: beyond high a model may think more than most numbers say.
  const asked = budget === undefined ? effort : leastOf(effortOf(budget), 'high');
  return taken.findLast((word) => EFFORTS.indexOf(word) <= EFFORTS.indexOf(asked)) ?? taken[0] ?? 'low';
}

const leastOf = (a: Effort, b: Effort): Effort => (EFFORTS.indexOf(a) < EFFORTS.indexOf(b) ? a : b);

/** Whether the last turn answers a call that does not begin with thoughts. */
function hasLostThoughts(turns: readonly Turn[]): boolean {
  const [asking, answering] = turns.slice(-2);
  if (answering?.content[0]?.type !== 'tool_result') return false;
  const first = asking?.content[0]?.type;
  return first !== 'thinking' && first !== 'redacted_thinking';
}
