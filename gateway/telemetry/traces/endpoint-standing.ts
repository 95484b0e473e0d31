/** Whether spans arrive, what became of them, and one log line each time that changes. */
import type { Logger } from '../../log';

export interface EndpointFigures {
  readonly name: string;
  /** Undefined: nothing was sent yet. */
  readonly isUp: boolean | undefined;
  /** Spans. */
  readonly waiting: number;
  readonly delivered: number;
  /** There was no room, or the other side would not have them. */
  readonly dropped: number;
}

export class EndpointStanding {
  #isUp: boolean | undefined;
  /** When it was last up, for the line that says it is again. */
  #droppedBefore = 0;
  delivered = 0;
  dropped = 0;

  /** @param host as the log may show it: an address may have credentials in it */
  constructor(
    readonly name: string,
    readonly host: string,
    readonly logger: Logger,
  ) {}

  get isUp(): boolean | undefined {
    return this.#isUp;
  }

  up(): void {
    if (this.#isUp === true) return;
    this.logger.info('traces arrive', {
      endpoint: this.name,
      host: this.host,
      dropped_spans: this.dropped - this.#droppedBefore,
    });
    this.#droppedBefore = this.dropped;
    this.#isUp = true;
  }

  /** @param reason without words of the other side's */
  away(reason: string): void {
    if (this.#isUp === false) return;
    this.#isUp = false;
    this.logger.warn('traces do not arrive: calls go on without them', {
      endpoint: this.name,
      host: this.host,
      reason,
    });
  }

  figures(waiting: number): EndpointFigures {
    const { name, isUp, delivered, dropped } = this;
    return { name, isUp, waiting, delivered, dropped };
  }
}
