/** Writes a call for Anthropic's Messages API. The same members serve every place that offers it. */
import { JsonMembers } from '../../json/json-members';
import type { ModelDocument } from '../../config/document';
import { weighMedia } from '../../model/media-weight';
import type { ModelRequest } from '../../model/request';
import type { SharedBody } from '../provider';
import { fitRequest } from '../fit';
import { ANTHROPIC, type Server } from '../fit/server';
import { fitFormat } from './fit-format';
import { fitHistory } from './fit-history';
import { fitTools } from './fit-tools';
import { fitPropertyNames } from './property-names';
import { isJsonObject } from './read-answer';

/** Everything of the body but model, token limit and stream flag, which differ by deployment and budget. */
export function writeMembers(
  sent: ModelRequest,
  model: ModelDocument,
  server: Server = ANTHROPIC,
): SharedBody {
  const { turns, isThoughtless } = fitHistory(sent.turns);
  const request = turns === sent.turns ? sent : { ...sent, turns: [...turns] };
  const { tools, toolChoice, format, answerTool } = fitFormat(request, model);
  const fitted = fitRequest(request, model, server, { tools, toolChoice });
  const { reasoning, sampling, toolNames } = fitted;
  // What Anthropic makes of the tools of its own clients, it says in its own words.
  const isOwn = request.dialect === 'anthropic';
  const { ownMembers } = request;
  const offered = isOwn ? fitted.tools : fitTools(fitted.tools);
  const { tools: sentTools, turns: messages, names } = fitPropertyNames(offered, fitted.turns);
  const body: Members = {
    system: unlessEmpty(fitted.system),
    messages,
    tools: unlessEmpty(sentTools),
    tool_choice: fitted.toolChoice,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    stop_sequences: unlessEmpty(fitted.stopSequences),
    metadata: metadataOf(request),
    thinking: reasoning.thinking,
    top_k: sampling.topK,
    service_tier: ownMembers['service_tier'],
    output_config: outputOf(ownMembers['output_config'], reasoning.effort, format),
    output_format: ownMembers['output_format'],
    cache_control: ownMembers['cache_control'],
  };
  return {
    members: new JsonMembers(body, COUNTED),
    media: weighMedia(messages),
    betas: [...request.betas, ...reasoning.betas],
    leastTokens: reasoning.leastTokens,
    dropped: [
      ...Object.keys(request.chatMembers),
      ...(request.strictTools?.length ? ['tools.function.strict'] : []),
      ...(names ? [isOwn ? 'tools.input_schema.properties' : 'tools.function.parameters.properties'] : []),
      ...fitted.dropped,
      ...(isOwn && isThoughtless ? ['thinking'] : []),
    ],
    ...(answerTool === undefined ? {} : { answerTool }),
    ...(toolNames === undefined ? {} : { toolNames }),
    ...(names === undefined ? {} : { propertyNames: names }),
  };
}

/** As its client wrote it, where that is what the model takes. */
function outputOf(sent: unknown, effort: unknown, format: unknown): unknown {
  if (!isJsonObject(sent))
    return effort === undefined && format === undefined ? undefined : { effort, format };
  if (sent['effort'] === effort) return sent;
  const output = { ...sent, effort };
  return Object.values(output).some((member) => member !== undefined) ? output : undefined;
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
