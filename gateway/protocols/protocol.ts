/** A protocol clients speak: how its requests are read and its answers written. One internal model in between. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ElementAllowance } from '../http/element-allowance';
import type { ErrorDialect, GatewayError } from '../errors';
import type { ModelAnswer, StreamEvent } from '../model/answer';
import type { ModelRequest } from '../model/request';

/** What an answer says about itself, beside what the model said. */
export interface AnswerFrame {
  /** The model's name as the client asked for it. */
  readonly model: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly requestId: string;
  readonly includeUsage: boolean;
  /** Tokens of the prompt, for a stream whose provider tells them at its end only: a guess from its bytes. */
  readonly guessedInput?: number;
  /** Calls are told in OpenAI's older form. @default false */
  readonly callsOneFunction?: boolean;
  /** The tool whose call is the answer itself, where the model was given one. */
  readonly answerTool?: string;
}

/** Writes a streamed answer, event by event, as text of the wire. */
export interface StreamWriter {
  /** May be empty: not every event shows. */
  write(event: StreamEvent): string;
  /** The last text of a stream that fails after its first content. */
  fail(error: GatewayError): string;
}

export interface Protocol {
  /** As the ledger has it. */
  readonly name: string;
  readonly dialect: ErrorDialect;
  /**
   * Reads and checks a parsed body; throws `request_invalid` naming field, value and what is allowed. JSON text that
   * is parsed on the way takes from what the body has left of its elements.
   */
  readRequest(body: unknown, headers: IncomingHttpHeaders, elements: ElementAllowance): ModelRequest;
  /** A whole answer as JSON text. */
  renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string;
  streamWriter(frame: AnswerFrame): StreamWriter;
}
