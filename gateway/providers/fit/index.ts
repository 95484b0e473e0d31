/**
 * A call as the model takes it that answers, at the server that has it: the one place where what a client asks for is
 * held against the catalog. Clients do not know who answers an alias, for a model that is no more or at an endpoint of
 * one's own; what they do not know they take for the newest.
 *
 * What the model takes stays what it is, down to the same objects: prompt caches hold bytes. What it takes otherwise is
 * put so, what it does not take is left out, and both are named. What can be neither is refused by its name.
 */
import type { ModelDocument } from '../../config/document';
import type { ModelRequest, TextBlock, ToolChoice, ToolDefinition, Turn } from '../../model/request';
import { fitReasoning, type FittedReasoning } from './reasoning';
import { fitSampling, type FittedSampling } from './sampling';
import type { Server } from './server';
import { fitStops } from './stops';
import { fitToolNames, type ToolNames } from './tool-names';
import { fitTurns } from './turns';

export interface Fitted {
  readonly system: readonly TextBlock[];
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
  /** Undefined: all names are as the client has them. */
  readonly toolNames: ToolNames | undefined;
  readonly stopSequences: readonly string[];
  readonly sampling: FittedSampling;
  readonly reasoning: FittedReasoning;
  /** Names of the client's fields that were changed or left out. */
  readonly dropped: readonly string[];
}

/** @param offered the tools, where they are others than the client's */
export function fitRequest(
  request: ModelRequest,
  model: ModelDocument,
  server: Server,
  offered: Pick<Fitted, 'tools' | 'toolChoice'> = request as Pick<Fitted, 'tools' | 'toolChoice'>,
): Fitted {
  const reasoning = fitReasoning(request, model, server, offered.toolChoice);
  const sampling = fitSampling(request, model, server, reasoning);
  const stops = fitStops(request, server);
  const turns = fitTurns(request, model, reasoning);
  const names = fitToolNames(turns.turns, offered.tools, offered.toolChoice, server);
  return {
    system: turns.system,
    turns: names.turns,
    tools: names.tools,
    toolChoice: names.toolChoice,
    toolNames: names.toolNames,
    stopSequences: stops.stopSequences,
    sampling,
    reasoning,
    dropped: [sampling, reasoning, stops, turns, names].flatMap(({ dropped }) => dropped),
  };
}
