/**
 * A call in Anthropic's own words, made by an alias or for a model that is no more, as the model takes it that answers.
 * What comes in that protocol passes unchanged otherwise; but this client cannot know who answers.
 */
import type { ModelDocument } from '../../config/document';
import type { ModelRequest } from '../../model/request';
import { fitTurns } from './fit-turns';
import { isJsonObject } from './read-answer';

export function fitOtherName(request: ModelRequest, model: ModelDocument): ModelRequest {
  if (request.dialect !== 'anthropic') return request;
  const dropped = new Set(request.droppedFields);
  const { temperature, topP } = fitSampling(request, model, dropped);
  return {
    ...request,
    temperature,
    topP,
    turns: [...fitTurns(request.turns, model, true)],
    ...fitMembers(request, model, dropped),
    droppedFields: [...dropped],
  };
}

function fitSampling(
  { temperature, topP }: ModelRequest,
  { sampling = 'one' }: ModelDocument,
  dropped: Set<string>,
): Pick<ModelRequest, 'temperature' | 'topP'> {
  const isFixed = sampling === 'none';
  const isBesides = sampling === 'one' && temperature !== undefined;
  if (isFixed && temperature !== undefined) dropped.add('temperature');
  if ((isFixed || isBesides) && topP !== undefined) dropped.add('top_p');
  return {
    temperature: isFixed ? undefined : temperature,
    topP: isFixed || isBesides ? undefined : topP,
  };
}

/** Thinking by a number of tokens is thinking by itself for a model that decides that itself. */
function fitMembers(
  { ownMembers, leastTokens }: ModelRequest,
  { reasoning = 'none', sampling }: ModelDocument,
  dropped: Set<string>,
): Pick<ModelRequest, 'ownMembers' | 'leastTokens'> {
  const members: Record<string, unknown> = { ...ownMembers };
  if (sampling === 'none' && 'top_k' in members) {
    delete members['top_k'];
    dropped.add('top_k');
  }
  const { thinking } = members;
  const isByNumber = isJsonObject(thinking) && thinking['type'] === 'enabled';
  if (!isByNumber || (reasoning !== 'adaptive' && reasoning !== 'none'))
    return { ownMembers: members, leastTokens };
  if (reasoning === 'adaptive') members['thinking'] = { type: 'adaptive' };
  else delete members['thinking'];
  dropped.add(reasoning === 'adaptive' ? 'thinking.budget_tokens' : 'thinking');
  return { ownMembers: members, leastTokens: 1 };
}
