/** Two accounts of the same month, held against each other by model and day. */
import { KINDS, type ExportLine, type Kind } from './export-lines';
import { modelKey } from './model-key';

/** The ledger's side, as the admin API has it. */
export interface LedgerDay {
  readonly day: string;
  readonly deployment: string;
  readonly model: string;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly estimated_calls: number;
  readonly spend: number;
  readonly estimated_spend: number;
}

export interface Difference {
  /** YYYY-MM-DD, or YYYY-MM where days cannot be told apart. */
  readonly day: string;
  readonly model: string;
  readonly what: Kind;
  readonly provider: number;
  readonly ledger: number;
  /** What the provider has more. */
  readonly difference: number;
  /** Of the ledger's side: calls whose usage never arrived, and what was booked for them. */
  readonly estimated_calls: number;
  readonly estimated_spend: number;
}

export interface Compared {
  readonly differences: readonly Difference[];
  /** Of all days and models. */
  readonly totals: readonly { readonly what: Kind; readonly provider: number; readonly ledger: number }[];
  /** Days and models that were held against each other. */
  readonly compared: number;
}

interface Cell {
  readonly day: string;
  name: string;
  readonly provider: Map<Kind, number>;
  readonly slack: Map<Kind, number>;
  readonly ledger: Map<Kind, number>;
  estimatedCalls: number;
  estimatedSpend: number;
}

/** More than any month of any catalog has. */
const MOST_CELLS = 100_000;
/** Dollars: what sums of binary fractions may be off. */
const LEAST_SLACK = 1e-6;

export class Comparison {
  readonly #cells = new Map<string, Cell>();
  readonly #kinds = new Set<Kind>();

  /** @param byMonth days cannot be told apart */
  constructor(readonly byMonth: boolean) {}

  get kinds(): readonly Kind[] {
    return KINDS.filter((kind) => this.#kinds.has(kind));
  }

  addExport({ day, model, kind, amount, slack }: ExportLine): void {
    this.#kinds.add(kind);
    const cell = this.#cellOf(day, model);
    add(cell.provider, kind, amount);
    add(cell.slack, kind, slack);
  }

  addLedger(line: LedgerDay): void {
    const cell = this.#cellOf(line.day, line.deployment || line.model);
    add(cell.ledger, 'input', line.input_tokens);
    add(cell.ledger, 'output', line.output_tokens);
    add(cell.ledger, 'cache written', line.cache_write_tokens);
    add(cell.ledger, 'cache read', line.cache_read_tokens);
    add(cell.ledger, 'cost', line.spend);
    // Each call is booked in whole nano-dollars.
    add(cell.slack, 'cost', line.calls * 1e-9);
    cell.estimatedCalls += line.estimated_calls;
    cell.estimatedSpend += line.estimated_spend;
  }

  compare(): Compared {
    const cells = [...this.#cells].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, cell]) => cell);
    const differences = cells.flatMap((cell) =>
      this.kinds.flatMap((what): Difference[] => {
        const provider = rounded(what, cell.provider.get(what) ?? 0);
        const ledger = rounded(what, cell.ledger.get(what) ?? 0);
        const slack = what === 'cost' ? LEAST_SLACK + (cell.slack.get(what) ?? 0) : 0;
        if (Math.abs(provider - ledger) <= slack) return [];
        return [
          {
            day: cell.day,
            model: cell.name,
            what,
            provider,
            ledger,
            difference: rounded(what, provider - ledger),
            estimated_calls: cell.estimatedCalls,
            estimated_spend: rounded('cost', cell.estimatedSpend),
          },
        ];
      }),
    );
    const totals = this.kinds.map((what) => {
      const sum = (side: 'provider' | 'ledger'): number =>
        rounded(
          what,
          cells.reduce((all, cell) => all + (cell[side].get(what) ?? 0), 0),
        );
      return { what, provider: sum('provider'), ledger: sum('ledger') };
    });
    return { differences, totals, compared: cells.length };
  }

  #cellOf(day: string, model: string): Cell {
    const when = this.byMonth ? day.slice(0, 7) : day;
    const key = `${when} ${modelKey(model)}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      if (this.#cells.size >= MOST_CELLS) throw new Error(`more than ${MOST_CELLS} days and models`);
      cell = {
        day: when,
        name: model,
        provider: new Map(),
        slack: new Map(),
        ledger: new Map(),
        estimatedCalls: 0,
        estimatedSpend: 0,
      };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

const add = (sums: Map<Kind, number>, kind: Kind, amount: number): void =>
  void sums.set(kind, (sums.get(kind) ?? 0) + amount);

/** Tokens are whole; dollars to the nano-dollar. */
const rounded = (kind: Kind, amount: number): number =>
  kind === 'cost' ? Math.round(amount * 1e9) / 1e9 : Math.round(amount);
