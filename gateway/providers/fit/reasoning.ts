/**
 * How much the model is to think, in the words that it takes: Anthropic's clients say it by `thinking` and an effort,
 * OpenAI's by a word, and models are told by a number, by a word, or decide themselves.
 *
 * What Anthropic refuses beside thinking by a number makes the model go without: a forced tool, an answer that was begun
 * for it, and a tool's result whose call came without the thoughts that led to it.
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
import { isJsonObject, type Json } from '../messages/read-answer';
import type { Server } from './server';

export interface FittedReasoning {
  readonly isThinking: boolean;
  /** Whether the thoughts in the conversation stay. */
  readonly givesThoughtsBack: boolean;
  readonly thinking?: Json | undefined;
  /** For `output_config`, or in OpenAI's own words. */
  readonly effort?: unknown;
  readonly betas: readonly string[];
  readonly leastTokens: number;
  readonly dropped: readonly string[];
}

const EFFORT_BETA = 'effort-2025-11-24';
/** Of the tokens of an answer, so that something is left to say. */
const LARGEST_SHARE = 0.8;
/** Tokens left to say it. */
const ROOM = 256;
/** What a model does that was told to think and not how much. */
const USUAL_EFFORT: Effort = 'high';

const NONE: FittedReasoning = {
  isThinking: false,
  givesThoughtsBack: false,
  betas: [],
  leastTokens: 1,
  dropped: [],
};

export function fitReasoning(
  request: ModelRequest,
  model: ModelDocument,
  server: Server,
  toolChoice: ToolChoice | undefined,
): FittedReasoning {
  if (!server.thinking) return fitWord(request, model, server);
  return request.dialect === 'anthropic'
    ? fitOwn(request, model, server, toolChoice)
    : fitAsked(request, model, server, toolChoice);
}

/** OpenAI's clients at Anthropic's models. */
function fitAsked(
  request: ModelRequest,
  model: ModelDocument,
  server: Server,
  toolChoice: ToolChoice | undefined,
): FittedReasoning {
  const { reasoning, turns } = request;
  if (reasoning === undefined || reasoning.effort === 'none') return NONE;
  const without = { ...NONE, dropped: [reasoning.field] };
  const way = wayOf(model, reasoning);
  if (way === 'none') return without;
  // A number is a bound: beyond high a model may think more than most numbers say.
  const asked =
    reasoning.budget === undefined ? reasoning.effort : leastOf(effortOf(reasoning.budget), 'high');
  const effort = wordOf(asked, wordsOf(model, server));
  if (way === 'effort') return { ...NONE, effort, betas: [EFFORT_BETA] };
  if (isForced(toolChoice) || isBegun(turns)) return without;
  const thinks = { ...NONE, isThinking: true, givesThoughtsBack: true };
  const betas = isBeta(model, server) ? [EFFORT_BETA] : [];
  if (way === 'adaptive') return { ...thinks, thinking: { type: 'adaptive' }, effort, betas };
  const budget = boundBudget(budgetOf(reasoning), request, model);
  if (budget === undefined || hasLostThoughts(turns)) return without;
  return {
    ...thinks,
    thinking: { type: 'enabled', budget_tokens: budget },
    leastTokens: budget + ROOM,
  };
}

// A model told by a word can be told by a number as well, unless it decides itself.
function wayOf({ reasoning: way = 'none' }: ModelDocument, { budget }: Reasoning): typeof way {
  return way === 'effort' && budget !== undefined ? 'budget' : way;
}

/** Anthropic's clients at its models: what the model takes of it stays as they wrote it. */
function fitOwn(
  request: ModelRequest,
  model: ModelDocument,
  server: Server,
  toolChoice: ToolChoice | undefined,
): FittedReasoning {
  const { ownMembers, betas, leastTokens } = request;
  const { thinking } = ownMembers;
  const effort = effortIn(ownMembers);
  const fitted = fitOwnEffort(effort, model, server);
  const dropped = fitted === effort ? [] : ['output_config.effort'];
  const betasOf = (word: unknown): readonly string[] =>
    typeof word === 'string' && isBeta(model, server) && !betas.includes(EFFORT_BETA) ? [EFFORT_BETA] : [];
  const kept: FittedReasoning = {
    ...NONE,
    givesThoughtsBack: true,
    thinking: thinking as Json | undefined,
    effort: fitted,
    betas: betasOf(fitted),
    leastTokens,
    dropped,
  };
  const type = isJsonObject(thinking) ? thinking['type'] : undefined;
  if (!isJsonObject(thinking) || (type !== 'enabled' && type !== 'adaptive')) return kept;
  const thinks = { ...kept, isThinking: true };
  const without = { ...kept, thinking: undefined, leastTokens: 1, dropped: [...dropped, 'thinking'] };
  if (model.reasoning === 'adaptive') {
    if (type === 'adaptive') return thinks;
    const word = fitted ?? effortByNumber(thinking, model, server);
    return {
      ...thinks,
      thinking: { type: 'adaptive', ...displayOf(thinking) },
      effort: word,
      betas: betasOf(word),
      leastTokens: 1,
      dropped: [...dropped, 'thinking.budget_tokens'],
    };
  }
  if (model.reasoning === undefined || model.reasoning === 'none') return without;
  if (isForced(toolChoice) || (model.prefill !== false && isBegun(request.turns))) return without;
  if (type === 'enabled' && !isCutByModel(thinking, request, model)) return thinks;
  const budget = boundBudget(wantedBudget(thinking, effort), request, model);
  if (budget === undefined || (type === 'adaptive' && hasLostThoughts(request.turns))) return without;
  return {
    ...thinks,
    thinking: { type: 'enabled', budget_tokens: budget, ...displayOf(thinking) },
    leastTokens: budget + ROOM,
    dropped: [...dropped, type === 'adaptive' ? 'thinking.type' : 'thinking.budget_tokens'],
  };
}

const isBeta = ({ reasoning }: ModelDocument, { effortIsBeta }: Server): boolean =>
  effortIsBeta || reasoning === 'effort';

/** What nobody knows as an effort stays, and is refused by who knows better. */
function fitOwnEffort(effort: unknown, model: ModelDocument, server: Server): unknown {
  const { reasoning: way = 'none' } = model;
  if (effort === undefined || effort === null) return effort;
  if (way === 'none' || way === 'budget') return undefined;
  return isEffort(effort) ? wordOf(effort, wordsOf(model, server)) : effort;
}

const effortIn = ({ output_config: config }: Json): unknown =>
  isJsonObject(config) ? config['effort'] : undefined;

const isEffort = (value: unknown): value is Effort => (EFFORTS as readonly unknown[]).includes(value);

const displayOf = ({ display }: Json): Json => (display === undefined ? {} : { display });

/** Undefined where the number is none. */
function numberIn({ budget_tokens: budget }: Json): number | undefined {
  return typeof budget === 'number' && budget > 0 ? budget : undefined;
}

function effortByNumber(thinking: Json, model: ModelDocument, server: Server): Effort | undefined {
  const budget = numberIn(thinking);
  if (budget === undefined) return undefined;
  return wordOf(leastOf(effortOf(budget), 'high'), wordsOf(model, server));
}

const wantedBudget = (thinking: Json, effort: unknown): number =>
  numberIn(thinking) ?? budgetOf({ effort: isEffort(effort) ? effort : USUAL_EFFORT, field: 'thinking' });

/** Whether a number that the client's own limit has room for has none in what the model can write. */
function isCutByModel(thinking: Json, request: ModelRequest, model: ModelDocument): boolean {
  const budget = numberIn(thinking);
  const { maxTokens } = request;
  if (budget === undefined || maxTokens === undefined) return false;
  return budget < maxTokens && budget >= wantedTokens(request, model);
}

/** Of which something is left to say. Undefined: there is no room for any thinking. */
function boundBudget(wanted: number, request: ModelRequest, model: ModelDocument): number | undefined {
  const most = Math.floor(wantedTokens(request, model) * LARGEST_SHARE);
  const budget = Math.min(Math.max(wanted, LEAST_BUDGET), most);
  return budget < LEAST_BUDGET ? undefined : budget;
}

/** Either clients at a server that is told by OpenAI's word. */
function fitWord(request: ModelRequest, model: ModelDocument, server: Server): FittedReasoning {
  const kept = { ...NONE, givesThoughtsBack: true };
  const asked = wordAsked(request);
  if (asked === undefined) return kept;
  const { word, fields } = asked;
  if (model.reasoning === undefined || model.reasoning === 'none') return { ...kept, dropped: fields };
  const words = wordsOf(model, server);
  if (word === 'none' && !words.includes(word)) return { ...kept, dropped: fields };
  const effort = wordOf(word, words);
  const isNamed = request.dialect === 'anthropic' && effort !== word;
  return { ...kept, effort: inOpenAiWords(effort), dropped: isNamed ? fields : [] };
}

interface AskedWord {
  readonly word: Effort;
  /** Fields of the client's that ask for it. */
  readonly fields: readonly string[];
}

function wordAsked({ reasoning, ownMembers }: ModelRequest): AskedWord | undefined {
  if (reasoning) return { word: reasoning.effort, fields: [reasoning.field] };
  const thinking = isJsonObject(ownMembers['thinking']) ? ownMembers['thinking'] : {};
  const isOn = thinking['type'] === 'adaptive' || thinking['type'] === 'enabled';
  const fields = isOn ? ['thinking'] : [];
  const effort = effortIn(ownMembers);
  if (isEffort(effort)) return { word: effort, fields: [...fields, 'output_config.effort'] };
  if (thinking['type'] === 'adaptive') return { word: USUAL_EFFORT, fields };
  return isOn ? { word: effortOf(numberIn(thinking) ?? 1), fields } : undefined;
}

const inOpenAiWords = (effort: Effort): string => (effort === 'max' ? 'xhigh' : effort);

const wordsOf = ({ efforts }: ModelDocument, server: Server): readonly Effort[] => efforts ?? server.efforts;

/** The word asked for, or else the next one below it that the model takes; the least one when there is none below. */
function wordOf(asked: Effort, words: readonly Effort[]): Effort {
  // Not to think at all is no lesser way of thinking.
  const taken = EFFORTS.filter((word) => words.includes(word) && (word !== 'none' || asked === 'none'));
  return taken.findLast((word) => EFFORTS.indexOf(word) <= EFFORTS.indexOf(asked)) ?? taken[0] ?? 'low';
}

const leastOf = (a: Effort, b: Effort): Effort => (EFFORTS.indexOf(a) < EFFORTS.indexOf(b) ? a : b);

const isForced = (choice: ToolChoice | undefined): boolean =>
  choice?.type === 'any' || choice?.type === 'tool';

const isBegun = (turns: readonly Turn[]): boolean => turns.at(-1)?.role === 'assistant';

/** Whether what was said last answers a call that does not begin with thoughts; who instructs in between says nothing. */
function hasLostThoughts(turns: readonly Turn[]): boolean {
  const at = turns.findLastIndex(isSaid);
  if (turns[at]?.content[0]?.type !== 'tool_result') return false;
  const first = turns.slice(0, at).findLast(isSaid)?.content[0]?.type;
  return first !== 'thinking' && first !== 'redacted_thinking';
}

const isSaid = ({ role }: Turn): boolean => role !== 'system';
