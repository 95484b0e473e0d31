/** What the one who asks a deployment and the one who reads its answer know of each other. */
import type { CallContext } from '../../call-context';
import type { Candidate } from '../../providers/candidate';
import type { UpstreamCall, UpstreamListener } from '../../providers/transport';
import type { Failure } from './failure';

/** What an attempt is about, and whom it tells. */
export interface Asked {
  readonly call: CallContext;
  readonly provider: Candidate['provider'];
  readonly upstream: UpstreamCall;
  /** The deployment has begun to answer. */
  answered(): void;
  /** Told once, when the attempt is over; without a failure the client has its answer. */
  settled(failure?: Failure): void;
}

/** Reads what a deployment answers. */
export interface AnswerReader extends UpstreamListener {
  /** The client has gone; the rest is listened to for the sake of the bill. */
  leave(): void;
}
