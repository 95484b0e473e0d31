/** What an answer says about itself, whole or streamed. */
import type { CallContext } from '../call-context';
import type { AnswerFrame } from '../protocols/protocol';
import type { Provider, SharedBody } from '../providers/provider';

/** Bytes of a prompt that usually make a token. */
const BYTES_PER_TOKEN = 4;

/** @param provider whose answer it is; none has one when all failed */
export function frameOf({ request, exchange, bodies }: CallContext, provider?: Provider): AnswerFrame {
  const body = provider && bodies.get(provider);
  const answerTool = body?.answerTool;
  return {
    model: request.model,
    created: Math.floor(Date.now() / 1000),
    requestId: exchange.id,
    includeUsage: request.includeUsage,
    callsOneFunction: request.callsOneFunction === true,
    ...(body ? { guessedInput: guessInput(body) } : {}),
    ...(answerTool === undefined ? {} : { answerTool }),
  };
}

/** Without images, whose tokens do not follow from their bytes. */
const guessInput = ({ members, media }: SharedBody): number =>
  Math.ceil((members.length - media.imageBytes) / BYTES_PER_TOKEN);
