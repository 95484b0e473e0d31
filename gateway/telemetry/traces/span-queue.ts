/**
 * Spans on their way to one endpoint: so many wait at most, and go in batches. While the endpoint is away those that wait
 * go on waiting, and what comes then is dropped and counted, so that memory stays what it was.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Delivery } from '../otlp/deliver';
import type { EndpointFigures, EndpointStanding } from '../otlp/endpoint-standing';
import type { QueueTerms } from './trace-settings';

/** Bytes of content in one delivery, beyond the first call's: servers take some megabytes. */
const MOST_CONTENT_BYTES = 1_000_000;

/** What spans hold until they are delivered or dropped. */
export interface HeldBy {
  readonly bytes: number;
  release(isDelivered: boolean): void;
}

interface Waiting {
  readonly span: ReadableSpan;
  readonly held: HeldBy | undefined;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export class SpanQueue {
  readonly #waiting: Waiting[] = [];
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<void> | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(
    readonly terms: QueueTerms,
    readonly standing: EndpointStanding,
    readonly send: (spans: readonly ReadableSpan[]) => Promise<Delivery>,
  ) {}

  /** Of one call: all of them, or none. */
  add(spans: readonly ReadableSpan[], held?: HeldBy): void {
    if (this.#closing.signal.aborted || this.#waiting.length + spans.length > this.terms.most) {
      this.standing.dropped += spans.length;
      held?.release(false);
      return;
    }
    // The call's own span, which is the first, has what was said.
    spans.forEach((span, at) => this.#waiting.push({ span, held: at === 0 ? held : undefined }));
    this.#wake();
  }

  figures(): EndpointFigures {
    return this.standing.figures(this.#waiting.length);
  }

  /** Sends what waits, once, for so many milliseconds at most; what is left then is dropped. */
  async close(limitMs: number): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    const sent = (this.#run ?? Promise.resolve()).then(() => this.#sendAll());
    await Promise.race([sent, delay(limitMs, undefined, { ref: false })]);
    this.standing.dropped += this.#waiting.length;
    for (const { held } of this.#waiting.splice(0)) held?.release(false);
  }

  #wake(): void {
    if (this.#run !== undefined) return;
    if (this.#isFullBatch()) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), this.terms.delayMs).unref();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run = this.#sendAll().finally(() => {
      this.#run = undefined;
      if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#wake();
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const delivery = await this.#sendBatch();
      const isClosing = this.#closing.signal.aborted;
      if (delivery.outcome !== 'away') this.#pauseMs = FIRST_PAUSE_MS;
      else if (isClosing) return;
      else await this.#pause(delivery.waitMs);
      // A batch that is not full waits for others.
      if (!isClosing && delivery.outcome !== 'away' && !this.#isFullBatch()) return;
    }
  }

  async #sendBatch(): Promise<Delivery> {
    const batch = this.#nextBatch();
    const delivery = await this.#sendSafely(batch.map(({ span }) => span));
    if (delivery.outcome === 'away') {
      this.standing.away(delivery.reason);
      return delivery;
    }
    const rejected = delivery.outcome === 'taken' ? delivery.rejected : batch.length;
    this.#waiting.splice(0, batch.length);
    // Which of them were rejected is not said.
    for (const { held } of batch) held?.release(delivery.outcome === 'taken');
    this.standing.dropped += rejected;
    this.standing.delivered += batch.length - rejected;
    if (delivery.outcome === 'taken') this.standing.up();
    else this.standing.away(delivery.reason);
    return delivery;
  }

  #isFullBatch(): boolean {
    return this.#waiting.length >= this.terms.mostAtOnce || this.#nextBatch().length < this.#waiting.length;
  }

  #nextBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (; count < Math.min(this.terms.mostAtOnce, this.#waiting.length); count += 1) {
      bytes += this.#waiting[count]?.held?.bytes ?? 0;
      if (count > 0 && bytes > MOST_CONTENT_BYTES) break;
    }
    return this.#waiting.slice(0, count);
  }

  /** A fault of ours in one batch must not keep the next from being sent. */
  async #sendSafely(batch: readonly ReadableSpan[]): Promise<Delivery> {
    try {
      return await this.send(batch);
    } catch {
      return { outcome: 'refused', reason: 'not written', status: undefined };
    }
  }

  async #pause(waitMs: number | undefined): Promise<void> {
    const ms = Math.max(waitMs ?? 0, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    // Ends early by the closing.
    await delay(ms, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
  }
}
