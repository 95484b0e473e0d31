/** Writes a call for Anthropic's Messages API. The same members serve every place that offers it. */
import { writeJsonMembers } from '../../json/write-members';
import type { ModelDocument } from '../../config/document';
import { CONVERSATION_MEMBERS, type ModelRequest } from '../../model/request';
import type { SharedBody } from '../provider';
import { fitFormat } from './fit-format';
import { fitReasoning } from './fit-reasoning';
import { fitSampling } from './fit-sampling';
import { fitTools } from './fit-tools';
import { fitTurns } from './fit-turns';

/** Everything of the body but model, token limit and stream flag, which differ by deployment and budget. */
export function writeMembers(request: ModelRequest, model: ModelDocument): SharedBody {
  return request.dialect === 'anthropic' ? writeAsSent(request) : writeFitted(request, model);
}

/** As its client wrote it: what Anthropic makes of it, it says in its own words. */
function writeAsSent(request: ModelRequest): SharedBody {
  const { tools, toolChoice, betas, leastTokens } = request;
  const members = toMembers(
    {
      ...(request.system.length > 0 ? { system: request.system } : {}),
      messages: request.turns,
      ...(tools.length > 0 ? { tools } : {}),
      ...(toolChoice ? { tool_choice: toolChoice } : {}),
      ...(request.temperature !== undefined ? { temperature: request.temperature } : {}),
      ...(request.topP !== undefined ? { top_p: request.topP } : {}),
      ...(request.stopSequences.length > 0 ? { stop_sequences: request.stopSequences } : {}),
      ...(request.userId !== undefined ? { metadata: { user_id: request.userId } } : {}),
      ...request.ownMembers,
    },
    request,
  );
  return { ...members, betas, leastTokens, dropped: [] };
}

/** What OpenAI's clients ask, in the words that the model takes. */
function writeFitted(request: ModelRequest, model: ModelDocument): SharedBody {
  const { tools, toolChoice, format, answerTool } = fitFormat(request, model);
  const reasoning = fitReasoning(request, model, toolChoice);
  const { isThinking, thinking, effort } = reasoning;
  const sampling = fitSampling(request, model, isThinking);
  const members = toMembers(
    {
      ...(request.system.length > 0 ? { system: request.system } : {}),
      messages: fitTurns(request.turns, model, isThinking),
      ...(tools.length > 0 ? { tools: fitTools(tools) } : {}),
      ...(toolChoice ? { tool_choice: toolChoice } : {}),
      ...(sampling.temperature !== undefined ? { temperature: sampling.temperature } : {}),
      ...(sampling.topP !== undefined ? { top_p: sampling.topP } : {}),
      ...(request.stopSequences.length > 0 ? { stop_sequences: request.stopSequences } : {}),
      ...(request.userId !== undefined ? { metadata: { user_id: request.userId } } : {}),
      ...(thinking ? { thinking } : {}),
      ...(effort || format
        ? { output_config: { ...(effort ? { effort } : {}), ...(format ? { format } : {}) } }
        : {}),
    },
    request,
  );
  return {
    ...members,
    betas: [...request.betas, ...reasoning.betas],
    leastTokens: reasoning.leastTokens,
    dropped: [
      ...Object.keys(request.chatMembers),
      ...(request.strictTools?.length ? ['tools.function.strict'] : []),
      ...sampling.dropped,
      ...reasoning.dropped,
    ],
    ...(answerTool === undefined ? {} : { answerTool }),
  };
}

function toMembers(body: object, request: ModelRequest): Pick<SharedBody, 'members' | 'bytes'> {
  const members = writeJsonMembers(body, request.sentStrings, CONVERSATION_MEMBERS);
  return { members, bytes: Buffer.byteLength(members) };
}
