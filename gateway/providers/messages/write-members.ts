/** Writes a call for Anthropic's Messages API. The same members serve every place that offers it. */
import { JsonMembers } from '../../json/json-members';
import type { ModelDocument } from '../../config/document';
import { weighMedia } from '../../model/media-weight';
import type { ModelRequest } from '../../model/request';
import type { SharedBody } from '../provider';
import { fitFormat } from './fit-format';
import { fitHistory } from './fit-history';
import { fitReasoning } from './fit-reasoning';
import { fitSampling } from './fit-sampling';
import { fitTools } from './fit-tools';
import { fitTurns } from './fit-turns';
import { fitPropertyNames } from './property-names';

/** Everything of the body but model, token limit and stream flag, which differ by deployment and budget. */
export function writeMembers(sent: ModelRequest, model: ModelDocument): SharedBody {
  const { turns, isThoughtless } = fitHistory(sent.turns);
  const request = turns === sent.turns ? sent : { ...sent, turns: [...turns] };
  if (request.dialect !== 'anthropic') return writeFitted(request, model);
  const body = writeAsSent(request);
  return isThoughtless ? { ...body, dropped: [...body.dropped, 'thinking'] } : body;
}

/** As its client wrote it: what Anthropic makes of it, it says in its own words. */
function writeAsSent(request: ModelRequest): SharedBody {
  const { toolChoice, temperature, topP, betas, leastTokens } = request;
  const { tools, turns, names } = fitPropertyNames(request.tools, request.turns);
  const body: Members = {
    system: unlessEmpty(request.system),
    messages: turns,
    tools: unlessEmpty(tools),
    tool_choice: toolChoice,
    temperature,
    top_p: topP,
    stop_sequences: unlessEmpty(request.stopSequences),
    metadata: metadataOf(request),
    ...request.ownMembers,
  };
  const written = {
    members: new JsonMembers(body, COUNTED),
    media: weighMedia(turns),
    betas,
    leastTokens,
    dropped: [],
  };
  return names ? { ...written, dropped: ['tools.input_schema.properties'], propertyNames: names } : written;
}

/** What OpenAI's clients ask, in the words that the model takes. */
function writeFitted(request: ModelRequest, model: ModelDocument): SharedBody {
  const { tools: offered, toolChoice, format, answerTool } = fitFormat(request, model);
  const reasoning = fitReasoning(request, model, toolChoice);
  const { isThinking, thinking, effort } = reasoning;
  const sampling = fitSampling(request, model, isThinking);
  const fitted = fitPropertyNames(fitTools(offered), fitTurns(request.turns, model, isThinking));
  const { tools, turns: messages, names } = fitted;
  const body: Members = {
    system: unlessEmpty(request.system),
    messages,
    tools: unlessEmpty(tools),
    tool_choice: toolChoice,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    stop_sequences: unlessEmpty(request.stopSequences),
    metadata: metadataOf(request),
    thinking,
    output_config: effort || format ? { effort, format } : undefined,
  };
  const written = {
    members: new JsonMembers(body, COUNTED),
    media: weighMedia(messages),
    betas: [...request.betas, ...reasoning.betas],
    leastTokens: reasoning.leastTokens,
    dropped: [
      ...Object.keys(request.chatMembers),
      ...(request.strictTools?.length ? ['tools.function.strict'] : []),
      ...(names ? ['tools.function.parameters.properties'] : []),
      ...sampling.dropped,
      ...reasoning.dropped,
    ],
  };
  const shared = names ? { ...written, propertyNames: names } : written;
  return answerTool === undefined ? shared : { ...shared, answerTool };
}

/**
 * A member that is undefined is left out. Not put together by spreading: V8 gives every object that goes on after it a
 * shape of its own, and what reads it is never compiled for it.
 */
type Members = Readonly<Record<string, unknown>>;

/** What makes nearly all of the input. Anthropic's count takes some of the rest, but refuses sampling, stops and the like. */
const COUNTED = ['system', 'messages', 'tools', 'tool_choice'] as const;

const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

const metadataOf = ({ userId }: ModelRequest): object | undefined =>
  userId === undefined ? undefined : { user_id: userId };
