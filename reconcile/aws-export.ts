/**
 * CSV of AWS: a Cost and Usage Report, 2.0 as Data Exports write it
 * (https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2-line-item.html) or the legacy one
 * (https://docs.aws.amazon.com/cur/latest/userguide/Lineitem-columns.html), and what Cost Explorer downloads for costs by
 * usage type and day. Days are of UTC. How Bedrock names what it bills:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-understanding-cur-data.html
 *
 *     USE1-Claude4.6Sonnet-input-tokens                        thousands of tokens
 *     USE1-Claude4.5Haiku-cache-read-input-token-count-cross-region-global
 *     USE1-MP:USE1_InputTokenCount_Global-Units                millions of tokens, of a model that the product's name says
 */
import { Columns, numberIn, type ExportLine, type Kind, type Shape } from './export-lines';

const ROW = {
  'Cost and Usage Report 2.0': {
    start: 'line_item_usage_start_date',
    type: 'line_item_usage_type',
    amount: 'line_item_usage_amount',
    cost: 'line_item_unblended_cost',
    what: 'line_item_line_item_type',
    product: 'line_item_product_code',
    names: ['product_product_name', 'product', 'line_item_line_item_description'],
    unit: 'pricing_unit',
  },
  'legacy Cost and Usage Report': {
    start: 'lineItem/UsageStartDate',
    type: 'lineItem/UsageType',
    amount: 'lineItem/UsageAmount',
    cost: 'lineItem/UnblendedCost',
    what: 'lineItem/LineItemType',
    product: 'lineItem/ProductCode',
    names: ['product/ProductName', 'lineItem/LineItemDescription'],
    unit: 'pricing/unit',
  },
} as const;

/** Taxes, credits and fees are no usage. */
const USAGE = ['', 'Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage'];
/** Dollars: costs are in ten decimal places, and there is a line for each hour. */
const COST_SLACK = 1e-9;
/** Tokens. */
const TOKEN_SLACK = 0.001;

const KIND_OF: readonly [RegExp, Kind][] = [
  // A cache's tokens are input tokens as well, by name.
  [/cache-?_?read/i, 'cache read'],
  [/cache-?_?write/i, 'cache written'],
  [/input-?_?token|inputtokencount/i, 'input'],
  [/output-?_?token|outputtokencount|response-?_?token/i, 'output'],
];

/** Longer than any usage type. */
const LONGEST = 300;

export interface UsageType {
  readonly kind: Kind;
  /** Undefined: the product's name has it. */
  readonly model: string | undefined;
  /** Tokens that one of its units is, where the export does not say. */
  readonly unit: number;
}

/** @returns what is billed, or undefined for what is no token of Bedrock's */
export function usageTypeOf(text: string): UsageType | undefined {
  const type = text.slice(0, LONGEST);
  const kind = KIND_OF.find(([words]) => words.test(type))?.[1];
  if (kind === undefined) return undefined;
  if (/(^|-)MP:/.test(type)) return { kind, model: undefined, unit: 1_000_000 };
  // Region, model, and from the first word about tokens on what is counted and how it was served.
  const model = /^[A-Z]{2,5}\d{0,2}-(.+?)-(?:mantle-|text-)?(?:input|output|cache)-/.exec(type)?.[1];
  return model === undefined ? undefined : { kind, model, unit: 1_000 };
}

function unitOf(text: string, otherwise: number): number {
  const found = /^(?:1\s?)?([KM]|thousand|million|1000|1000000)?\s?tokens?$/i.exec(text.slice(0, 40).trim());
  if (found === null) return otherwise;
  const word = (found[1] ?? '').toLowerCase();
  if (word === '') return 1;
  return ['k', 'thousand', '1000'].includes(word) ? 1_000 : 1_000_000;
}

/** In the name of a product, or in JSON that has it. */
const modelIn = (text: string): string | undefined =>
  /claude[\w .-]{1,60}/i.exec(text.slice(0, 10_000))?.[0].trim();

const report = (name: keyof typeof ROW): Shape => {
  const { start, type, amount, cost, what, product, names, unit } = ROW[name];
  const needed = [start, type, amount, cost];
  return {
    name,
    columns: needed,
    open(head, path) {
      const columns = new Columns(path, head);
      if (!columns.has(...needed)) return undefined;
      return (line): readonly ExportLine[] => {
        if (!USAGE.includes(columns.text(line, what))) return [];
        const text = columns.text(line, type);
        const found = usageTypeOf(text);
        const billed = columns.number(line, cost);
        const day = columns.day(line, start);
        const code = columns.text(line, product);
        const named = names
          .map((each) => modelIn(columns.text(line, each)))
          .find((each) => each !== undefined);
        if (found === undefined || (found.model === undefined && named === undefined)) {
          // Of Bedrock, but no tokens, or of a model that is not said: its cost belongs to the bill all the same.
          const isOurs = code === 'AmazonBedrock' && billed !== 0;
          return isOurs ? [{ day, model: text, kind: 'cost', amount: billed, slack: COST_SLACK }] : [];
        }
        const model = found.model ?? named ?? '';
        return [
          {
            day,
            model,
            kind: found.kind,
            amount: columns.number(line, amount) * unitOf(columns.text(line, unit), found.unit),
            slack: TOKEN_SLACK,
          },
          { day, model, kind: 'cost', amount: billed, slack: COST_SLACK },
        ];
      };
    },
  };
};

const COST_COLUMN = /^(.+?)\s?\(\$\)$/;

const explorer: Shape = {
  name: 'Cost Explorer, by usage type and day',
  columns: ['Usage type', 'USE1-…-input-tokens($)', '…', 'Total costs($)'],
  open(head, path) {
    if (head[0]?.trim() !== 'Usage type') return undefined;
    const billed = head.flatMap((text, at) => {
      const type = COST_COLUMN.exec(text.slice(0, LONGEST).trim())?.[1];
      const found = type === undefined ? undefined : usageTypeOf(type);
      return found?.model === undefined ? [] : [{ at, name: text, model: found.model }];
    });
    if (billed.length === 0) return undefined;
    return (line) => {
      const day = line.fields[0]?.trim() ?? '';
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return [];
      return billed.map(({ at, name, model }) => ({
        day,
        model,
        kind: 'cost' as const,
        amount: numberIn(path, line, name, line.fields[at]?.trim() ?? ''),
        slack: COST_SLACK,
      }));
    };
  },
};

export const AWS_SHAPES: readonly Shape[] = [
  report('Cost and Usage Report 2.0'),
  report('legacy Cost and Usage Report'),
  explorer,
];
