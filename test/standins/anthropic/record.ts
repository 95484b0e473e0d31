/** What the stand-in remembers: the requests it got, and what it charged for them. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Usage } from './script';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed; undefined when it is not JSON. */
  readonly body: unknown;
  readonly rawBody: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Set once the status line was written. */
  status?: number;
  /** Id of the broken rule when it was refused. */
  refusedBy?: string;
  /** The client went away before the answer was complete. */
  aborted: boolean;
}

export interface Bill {
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
}

/** Sums by model. */
export class Billing {
  private readonly bills = new Map<string, Bill>();

  /**
   * @param share of the output that was generated, 0..1: all of a whole answer; of a stream what was sent before
   *   the client went away or the stream broke
   */
  charge(model: string, usage: Usage, share: number): void {
    const bill = this.bills.get(model) ?? {
      requests: 0,
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    };
    bill.requests += 1;
    bill.input_tokens += usage.input_tokens;
    bill.output_tokens += Math.ceil(usage.output_tokens * share);
    bill.cache_creation_input_tokens += usage.cache_creation_input_tokens;
    bill.cache_read_input_tokens += usage.cache_read_input_tokens;
    this.bills.set(model, bill);
  }

  byModel(): Record<string, Bill> {
    return Object.fromEntries([...this.bills].map(([model, bill]) => [model, { ...bill }]));
  }
}
