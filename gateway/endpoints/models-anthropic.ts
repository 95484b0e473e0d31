/**
 * The models in Anthropic's shape: those that a call would be answered for, in pages. Claude Code fills its picker with
 * the ones that have "claude" or "anthropic" in their ids.
 *
 * Source: Anthropic's reference of the Models API.
 */
import type { ModelDocument } from '../config/document';
import { GatewayError } from '../errors';
import { show } from '../model/cut';
import type { ListedModel } from './listed-model';

const USUAL_LIMIT = 20;
const HIGHEST_LIMIT = 1_000;
/** Anthropic's own word for a day that is not known. */
const UNKNOWN_DAY = '1970-01-01T00:00:00Z';

interface Page {
  readonly data: readonly Record<string, unknown>[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** @param query may have `limit`, and one of `after_id` and `before_id`; throws `request_invalid` that names the wrong one */
export function pageOf(models: readonly ListedModel[], query: URLSearchParams): Page {
  const limit = limitIn(query);
  const [after, before] = [placeOf('after_id', models, query), placeOf('before_id', models, query)];
  if (after !== undefined && before !== undefined)
    throw wrong('before_id', 'nothing beside after_id', query.get('before_id'));
  const end = before ?? models.length;
  const start = before === undefined ? (after ?? -1) + 1 : Math.max(0, end - limit);
  const page = models.slice(start, Math.min(start + limit, end));
  return {
    data: page.map(describeForAnthropic),
    has_more: before === undefined ? start + page.length < end : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function limitIn(query: URLSearchParams): number {
  const asked = query.get('limit');
  if (asked === null) return USUAL_LIMIT;
  const limit = Number(asked);
  if (asked !== '' && Number.isInteger(limit) && limit >= 1 && limit <= HIGHEST_LIMIT) return limit;
  throw wrong('limit', `a whole number from 1 to ${HIGHEST_LIMIT}`, asked);
}

function placeOf(
  name: 'after_id' | 'before_id',
  models: readonly ListedModel[],
  query: URLSearchParams,
): number | undefined {
  const asked = query.get(name);
  if (asked === null || asked === '') return undefined;
  const place = models.findIndex(({ id }) => id === asked);
  if (place >= 0) return place;
  throw wrong(name, 'the id of a model in the list', asked);
}

const wrong = (name: string, allowed: string, value: unknown): GatewayError =>
  new GatewayError('request_invalid', {
    message: `${name}: expected ${allowed}, got ${show(value)}.`,
    param: name,
  });

export function describeForAnthropic({ id, asked, serving }: ListedModel): Record<string, unknown> {
  const { model } = serving;
  const ends = endOf(asked);
  return {
    type: 'model',
    id,
    // Two of one label could not be told apart in a list.
    display_name: id === asked.name ? model.display_name : `${model.display_name} (${id})`,
    created_at: UNKNOWN_DAY,
    deprecated_at: null,
    lifecycle: ends === null ? 'active' : 'deprecated',
    line: null,
    max_input_tokens: model.context_window,
    max_tokens: model.max_output_tokens,
    retires_at: ends,
    capabilities: capabilitiesOf(serving),
  };
}

/** When the last of its deployments ends; null: not all of them do, as far as anybody has said. */
function endOf({ deployments }: ModelDocument): string | null {
  const days = deployments.flatMap(({ retires_on: day }) => day ?? []);
  const last = days.sort().at(-1);
  return last === undefined || days.length < deployments.length ? null : `${last}T00:00:00Z`;
}

const is = (supported: boolean): { readonly supported: boolean } => ({ supported });

/** What the model takes by itself. The rest is fitted to it, or not offered here. */
function capabilitiesOf({ model, candidates }: ListedModel['serving']): Record<string, unknown> {
  const { reasoning = 'none', efforts = ['low', 'medium', 'high'], supports_images: images } = model;
  const isClaude = candidates.every(({ deployment }) => deployment.provider !== 'openai-compatible');
  const hasEffort = reasoning === 'effort' || reasoning === 'adaptive';
  const effort = (word: (typeof efforts)[number]): object => is(hasEffort && efforts.includes(word));
  return {
    batch: is(false),
    citations: is(isClaude),
    code_execution: is(false),
    context_management: {
      ...is(false),
      clear_thinking_20251015: is(false),
      clear_tool_uses_20250919: is(false),
      compact_20260112: is(false),
    },
    effort: {
      ...is(hasEffort),
      low: effort('low'),
      medium: effort('medium'),
      high: effort('high'),
      xhigh: effort('xhigh'),
      max: effort('max'),
    },
    image_input: is(images),
    pdf_input: is(images && isClaude),
    server_tools: { ...is(false), code_execution: is(false), web_search: is(false) },
    structured_outputs: is(model.structured_outputs === true),
    thinking: {
      ...is(reasoning !== 'none'),
      types: {
        adaptive: is(reasoning === 'adaptive'),
        between_tools: is(false),
        disabled: is(true),
        enabled: is(reasoning === 'budget' || reasoning === 'effort'),
      },
    },
  };
}
