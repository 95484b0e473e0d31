/** Whether spans or figures arrive at an endpoint, what became of them, and one log line each time that changes. */
import type { Logger } from '../../log';
import type { OtlpEndpoint, Signal } from './endpoint';

export interface EndpointFigures {
  readonly name: OtlpEndpoint['name'];
  readonly signal: Signal;
  /** Undefined: nothing was sent yet. */
  readonly isUp: boolean | undefined;
  /** Why they do not arrive, without words of the other side's. Undefined: they do, as far as is known. */
  readonly reason: string | undefined;
  /** Spans, or points of metrics. */
  readonly waiting: number;
  readonly delivered: number;
  /** There was no room, or the other side would not have them. */
  readonly dropped: number;
  /** Deliveries that did not arrive, each time they were tried. */
  readonly failures: number;
}

const ITEMS: Readonly<Record<Signal, string>> = { traces: 'spans', metrics: 'points' };

export class EndpointStanding {
  #isUp: boolean | undefined;
  #reason: string | undefined;
  #failures = 0;
  /** When it was last up, for the line that says it is again. */
  #droppedBefore = 0;
  delivered = 0;
  dropped = 0;
  /** As the log may show it: an address may have credentials in it. */
  readonly host: string;

  constructor(
    readonly endpoint: OtlpEndpoint,
    readonly signal: Signal,
    readonly logger: Logger,
  ) {
    this.host = new URL(endpoint.url).host;
  }

  get isUp(): boolean | undefined {
    return this.#isUp;
  }

  up(): void {
    this.#reason = undefined;
    if (this.#isUp === true) return;
    this.logger.info(`${this.signal} arrive`, {
      endpoint: this.endpoint.name,
      host: this.host,
      [`dropped_${ITEMS[this.signal]}`]: this.dropped - this.#droppedBefore,
    });
    this.#droppedBefore = this.dropped;
    this.#isUp = true;
  }

  /** @param reason without words of the other side's */
  away(reason: string): void {
    this.#reason = reason;
    this.#failures += 1;
    if (this.#isUp === false) return;
    this.#isUp = false;
    this.logger.warn(`${this.signal} do not arrive: calls go on without them`, {
      endpoint: this.endpoint.name,
      host: this.host,
      reason,
    });
  }

  figures(waiting: number): EndpointFigures {
    const { signal, isUp, delivered, dropped } = this;
    return {
      name: this.endpoint.name,
      signal,
      isUp,
      reason: this.#reason,
      waiting,
      delivered,
      dropped,
      failures: this.#failures,
    };
  }
}
