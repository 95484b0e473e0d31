/** What an answer says about itself, whole or streamed. */
import type { CallContext } from '../call-context';
import type { AnswerFrame } from '../protocols/protocol';
import type { Provider } from '../providers/provider';

/** @param provider whose answer it is; none has one when all failed */
export function frameOf({ request, exchange, bodies }: CallContext, provider?: Provider): AnswerFrame {
  const answerTool = provider && bodies.get(provider)?.answerTool;
  return {
    model: request.model,
    created: Math.floor(Date.now() / 1000),
    requestId: exchange.id,
    includeUsage: request.includeUsage,
    ...(answerTool === undefined ? {} : { answerTool }),
  };
}
