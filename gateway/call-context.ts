/** All there is to know about one model call, filled in stage by stage. */
import type { Stoppable } from './concurrency/calls-under-way';
import type { Directory } from './config/directory';
import type { ModelDocument } from './config/document';
import type { GatewayError } from './errors';
import type { BodyHold } from './http/body-room';
import type { Exchange } from './http/exchange';
import type { CallContent } from './content/call-content';
import type { Entitlement } from './keys/entitlement';
import type { KeyRecord } from './keys/key-record';
import type { Run } from './ledger/runs';
import { rateHeaders, type RateState } from './ledger/rate-state';
import type { Reservation } from './ledger/reservation';
import { cut } from './model/cut';
import type { ModelRequest } from './model/request';
import { sessionOf, type Session } from './model/session';
import type { Usage, UsageFault } from './model/usage';
import type { Protocol } from './protocols/protocol';
import { nameOf, type Candidate } from './providers/candidate';
import type { Provider, SharedBody } from './providers/provider';
import type { Services } from './services';
import { CHECK, promptCopies, PROMPTS } from './stages/prompt-copies';
import type { Attempt } from './telemetry/ended-call';
import type { CallTrace } from './telemetry/traces/call-trace';

/**
 * What the provider will bill: nothing; by the usage it reported; or nobody knows, since it took the call on and
 * its last word never came, or cannot be true.
 */
export type Bill =
  | { readonly known: true; readonly usage: Usage }
  | {
      readonly known: false;
      readonly fault?: UsageFault | undefined;
      /** Of a stream that broke off: what its provider had told by then, the input whole. */
      readonly soFar?: Usage | undefined;
    };

/** In tokens. */
export interface Weight {
  /** At most; what is cached, or read from there, counts as well. */
  readonly inputTokens: number;
  /** Whether a provider counted the input, and what it was: of what is not marked, nothing is cached. */
  readonly counted?: 'unmarked' | 'marked';
  /** Of the answer, at most. */
  readonly wantedTokens: number;
  /** Of the answer, fewest that are worth calling for and that every body can be sent with. */
  readonly leastTokens: number;
}

/** The call's place in this process. */
export interface Entrance {
  readonly hold: BodyHold;
  /** Harmless when repeated. */
  leave(): void;
}

export class CallContext {
  readonly startedAt = performance.now();

  /** Set by `authenticate`. */
  key!: KeyRecord;
  /** Set by `findRun`. */
  run: Run | undefined;
  /** Set by `enter`. */
  entrance: Entrance | undefined;
  /** Set by `decode`. */
  request!: ModelRequest;
  bodyBytes = 0;
  /** Set by `enter` and `policy`: one reading of the document for all that follows. */
  directory!: Directory;
  entitlement!: Entitlement;
  /** `route` puts the successor in the place of a model that was ended. */
  model!: ModelDocument;
  /** Set by `route`: the model that was asked for, where another answers for it. */
  retired: ModelDocument | undefined;
  /** Set by `withholdChanges`: names of tools that the client offered and the model does not get yet. */
  withheldTools: readonly string[] = [];
  /** Set by `withholdChanges` where it withheld some: names of those that the model got and may call. */
  callableTools: ReadonlySet<string> | undefined;
  /** Set by `route`, in the order they are tried. */
  candidates: readonly Candidate[] = [];
  /** Set by `translate`. Whether some of the input may be cached at the price of the longer life. */
  cachesForAnHour = false;
  /** Set by `translate`. */
  readonly bodies = new Map<Provider, SharedBody>();
  /** Set by `weigh`. */
  weight!: Weight;
  /** Set by `admit`: a provider was asked how much the input is, or none could say. */
  isCounted = false;
  /** Set by `admit`. */
  maxTokens = 0;
  /** Set by `admit`: milliseconds that it waited for what other calls held of a budget. */
  budgetWaitMs = 0;
  /** Milliseconds after it came in at which it was ready to be sent, and let through. */
  readyMs = 0;
  admittedMs = 0;
  isClamped = false;
  reservation: Reservation | undefined;
  /** Set when the call is admitted, or refused by a limit or budget. */
  rate: RateState | undefined;
  /** Set by `relay`. */
  attempts = 0;
  /** Those that ended; no more than there are candidates. */
  readonly tries: Attempt[] = [];
  served: Candidate | undefined;
  bill: Bill | undefined;
  firstTokenMs: number | undefined;
  /** The id that the provider gave its answer. */
  answerId: string | undefined;
  /** Habits of the server's that were made up for in its answer. */
  mended: readonly string[] = [];
  /** Why the call failed, whether or not the client could still be told by a status. */
  error: GatewayError | undefined;
  isClientGone = false;
  /** Set by `relay` while a provider is asked. */
  attempt: Stoppable | undefined;
  /** Set by `relay` where a provider is told of it. */
  trace: CallTrace | undefined;
  /** Set by `keepContent`, where content logging is on for the key. */
  content: CallContent | undefined;
  #session: { readonly of: Session | undefined } | undefined;

  constructor(
    readonly services: Services,
    readonly protocol: Protocol,
    readonly exchange: Exchange,
  ) {
    const { response } = exchange;
    response.on('close', () => {
      this.isClientGone ||= !response.writableFinished;
    });
  }

  /** The conversation it belongs to, if its client says so. */
  get session(): Session | undefined {
    const { userId } = (this.request as ModelRequest | undefined) ?? {};
    this.#session ??= { of: sessionOf(this.exchange.request.headers, userId) };
    return this.#session.of;
  }

  /** Milliseconds since the call came in. */
  get elapsedMs(): number {
    return Math.round(performance.now() - this.startedAt);
  }

  /** Milliseconds the call may still take. */
  get remainingMs(): number {
    return this.services.limits.totalMs - (performance.now() - this.startedAt);
  }

  /** What the client learns about the call beside its answer. */
  get headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    if (this.entitlement as Entitlement | undefined) headers['x-gateway-level'] = this.entitlement.level;
    if (this.content) headers['x-gateway-content-logging'] = 'on';
    if (this.attempts > 0) headers['x-gateway-attempts'] = String(this.attempts);
    if (this.served) headers['x-gateway-deployment'] = nameOf(this.served);
    const body = this.served && this.bodies.get(this.served.provider);
    if (body !== undefined && this.exchange.request.headers[CHECK] === 'prompts')
      headers[PROMPTS] = promptCopies(body.members, this.services.prompts);
    if (this.rate) Object.assign(headers, rateHeaders(this.rate));
    if (this.isClamped) headers['x-gateway-max-tokens'] = String(this.maxTokens);
    const dropped = [
      ...((this.request as ModelRequest | undefined)?.droppedFields ?? []),
      ...((this.served && this.bodies.get(this.served.provider)?.dropped) ?? []),
    ];
    const asked = (this.request as ModelRequest | undefined)?.model;
    if (this.retired) headers['x-gateway-retired-model'] = this.retired.name;
    else if (asked !== undefined && (this.model as ModelDocument | undefined)?.retired_names?.includes(asked))
      headers['x-gateway-retired-model'] = asked;
    if (dropped.length > 0) headers['x-gateway-dropped-fields'] = nameFields(dropped);
    if (this.withheldTools.length > 0) headers['x-gateway-withheld-tools'] = nameFields(this.withheldTools);
    return headers;
  }
}

const MOST_NAMED = 20;
const LONGEST_NAME = 64;

/** Names come from the client: only what a header may hold goes back. */
const nameFields = (names: readonly string[]): string =>
  names
    .slice(0, MOST_NAMED)
    .map((name) => cut(name, LONGEST_NAME).replace(/[^A-Za-z0-9_.-]/g, '_'))
    .join(', ');
