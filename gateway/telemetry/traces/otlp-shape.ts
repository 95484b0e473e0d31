/** A call as OpenTelemetry's conventions tell of it. Never content. */
import { toDollars } from '../../ledger/money';
import { cut } from '../../model/cut';
import { conventionalProvider, GATEWAY, operationOf, SEMCONV } from './names';
import { failureOf, known, type SpanShape } from './spans';

/** Characters of an id that a provider gave, or a name that Coder did. */
export const LONGEST_TEXT = 128;
const MS_A_SECOND = 1_000;

export const OTLP_SHAPE: SpanShape = {
  call(call) {
    const { key, model, usage, cost, session, firstTokenMs, answerId, provider } = call;
    const operation = operationOf(call);
    return {
      name: model === undefined ? operation : `${operation} ${model}`,
      attributes: known({
        [SEMCONV.operation]: operation,
        [SEMCONV.provider]: provider && conventionalProvider(provider),
        [SEMCONV.requestModel]: model,
        [SEMCONV.requestMaxTokens]: call.maxTokens,
        [SEMCONV.requestStream]: call.streamed,
        [SEMCONV.responseId]: answerId && cut(answerId, LONGEST_TEXT),
        [SEMCONV.responseModel]: call.deployment,
        [SEMCONV.timeToFirstChunk]: firstTokenMs === undefined ? undefined : firstTokenMs / MS_A_SECOND,
        [SEMCONV.inputTokens]: usage && usage.input + usage.cacheWrite + usage.cacheRead,
        [SEMCONV.outputTokens]: usage?.output,
        [SEMCONV.cacheReadTokens]: usage?.cacheRead,
        [SEMCONV.cacheWriteTokens]: usage?.cacheWrite,
        [SEMCONV.conversation]: session?.id,
        [SEMCONV.agent]: session?.agent,
        [SEMCONV.errorType]: failureOf(call),
        [SEMCONV.status]: call.status,
        [SEMCONV.user]: key?.ownerId,
        [SEMCONV.userName]: key?.ownerName,
        [GATEWAY.requestId]: call.requestId,
        [GATEWAY.level]: call.level,
        [GATEWAY.scope]: key?.scope,
        [GATEWAY.template]: key?.templateName && cut(key.templateName, LONGEST_TEXT),
        [GATEWAY.workspace]: key?.workspaceId,
        [GATEWAY.workspaceName]: key?.workspaceName && cut(key.workspaceName, LONGEST_TEXT),
        [GATEWAY.client]: call.client,
        [GATEWAY.protocol]: call.protocol,
        [GATEWAY.attempts]: call.attempts.length,
        [GATEWAY.cost]: cost === undefined ? undefined : toDollars(cost),
        [GATEWAY.costIsEstimated]: cost === undefined ? undefined : call.isEstimated,
      }),
    };
  },
  attempt({ provider, deployment, error }, call) {
    return {
      name: `ask ${provider} ${deployment}`,
      attributes: known({
        [SEMCONV.operation]: operationOf(call),
        [SEMCONV.provider]: conventionalProvider(provider),
        [SEMCONV.requestModel]: deployment,
        [SEMCONV.errorType]: error?.code,
      }),
    };
  },
};
