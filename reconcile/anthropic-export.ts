/**
 * CSV of Anthropic's Console, by its buttons "Export" on the pages Usage and Cost
 * (https://support.claude.com/en/articles/9534590-cost-and-usage-reporting-in-the-claude-console). Days are of UTC.
 * The page does not list the columns; they are those of exports of 2025 and 2026:
 *
 *     usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,
 *       usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,
 *       usage_output_tokens,web_search_count,inference_geo,speed
 *     usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,
 *       inference_geo,speed
 *
 * Older ones have one column usage_input_tokens_cache_write, and none behind cost_usd.
 */
import { Columns, type Shape } from './export-lines';

const CACHE_WRITES = [
  'usage_input_tokens_cache_write',
  'usage_input_tokens_cache_write_5m',
  'usage_input_tokens_cache_write_1h',
] as const;
const USAGE = [
  'usage_date_utc',
  'model_version',
  'usage_input_tokens_no_cache',
  'usage_input_tokens_cache_read',
  'usage_output_tokens',
];
const COST = ['usage_date_utc', 'model', 'cost_usd'];
/** Dollars: each line of a cost export is in whole cents. */
const HALF_A_CENT = 0.005;

const usage: Shape = {
  name: 'usage',
  columns: [...USAGE, CACHE_WRITES[1], CACHE_WRITES[2]],
  open(head, path) {
    const columns = new Columns(path, head);
    const isWhole =
      columns.has(...USAGE) &&
      (columns.has(CACHE_WRITES[0]) || columns.has(CACHE_WRITES[1], CACHE_WRITES[2]));
    if (!isWhole) return undefined;
    return (line) => {
      const of = {
        day: columns.day(line, 'usage_date_utc'),
        model: columns.text(line, 'model_version'),
        slack: 0,
      };
      const written = CACHE_WRITES.reduce((sum, name) => sum + columns.number(line, name), 0);
      return [
        { ...of, kind: 'input', amount: columns.number(line, 'usage_input_tokens_no_cache') },
        { ...of, kind: 'output', amount: columns.number(line, 'usage_output_tokens') },
        { ...of, kind: 'cache written', amount: written },
        { ...of, kind: 'cache read', amount: columns.number(line, 'usage_input_tokens_cache_read') },
      ];
    };
  },
};

const cost: Shape = {
  name: 'cost',
  columns: COST,
  open(head, path) {
    const columns = new Columns(path, head);
    if (!columns.has(...COST)) return undefined;
    return (line) => [
      {
        day: columns.day(line, 'usage_date_utc'),
        // Searches and code that was run belong to none.
        model: columns.text(line, 'model') || columns.text(line, 'cost_type') || 'no model',
        kind: 'cost',
        amount: columns.number(line, 'cost_usd'),
        slack: HALF_A_CENT,
      },
    ];
  },
};

export const ANTHROPIC_SHAPES: readonly Shape[] = [usage, cost];
