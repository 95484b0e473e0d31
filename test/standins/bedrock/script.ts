/** What the stand-in is told to answer: as Anthropic's is, with the faults that only Bedrock has. */
import type { ScriptedAnswer } from '../anthropic';

export interface BedrockAnswer extends ScriptedAnswer {
  /** An exception inside the stream, at the place of an interruption whose `how` is `end`. */
  readonly exception?: { readonly type: string; readonly message: string };
  /** The stream ends in the middle of a frame, at the place of an interruption whose `how` is `end`. */
  readonly cutsFrame?: boolean;
  /** A bit of the first frame with content is turned over. */
  readonly damagesFrame?: boolean;
}

const STATUSES: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  UnrecognizedClientException: 403,
  ValidationException: 400,
};

/** An exception instead of an answer, with the status the API gives it. */
export function exception(type: string, message = `scripted ${type}`): BedrockAnswer {
  const status = STATUSES[type];
  if (status === undefined) throw new Error(`Bedrock has no ${type}`);
  return { error: { status, type, message, headers: {} } };
}

/** A stream that breaks off with an exception. */
export function exceptionAfter(
  after: 'start' | 'content' | 'end',
  type: string,
  answer: ScriptedAnswer,
  message = `scripted ${type}`,
): BedrockAnswer {
  return { ...answer, interruption: { after, how: 'end' }, exception: { type, message } };
}
