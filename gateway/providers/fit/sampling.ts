/** How freely the model chooses its words, within what its provider takes. */
import type { ModelDocument } from '../../config/document';
import type { ModelRequest } from '../../model/request';
import type { FittedReasoning } from './reasoning';
import type { Server } from './server';

export interface FittedSampling {
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  /** Undefined as well where the server has no such thing. */
  readonly topK: unknown;
  readonly dropped: readonly string[];
}

/** The default, and so no wish. */
const PLAIN_TEMPERATURE = 1;
/** Beside thinking, by Anthropic's documentation of it. */
const LEAST_TOP_P = 0.95;

export function fitSampling(
  request: ModelRequest,
  model: ModelDocument,
  server: Server,
  { isThinking, thinking }: FittedReasoning,
): FittedSampling {
  const { dialect, temperature, topP, ownMembers } = request;
  const { sampling = server.sampling } = model;
  const isOwn = dialect === 'anthropic';
  // Thinking by a number has a temperature of its own; of a model that decides itself the catalog says what it takes.
  const isFixed = sampling === 'none' || (isThinking && (!isOwn || thinking?.['type'] === 'enabled'));
  const dropped: string[] = [];
  const isKept = (name: string, isTaken: boolean): boolean => {
    if (!isTaken) dropped.push(name);
    return isTaken;
  };
  const takesPlain = isOwn && server.plainTemperature && temperature === PLAIN_TEMPERATURE;
  const isFree = !isFixed || (isOwn && sampling !== 'none' && topP !== undefined && topP >= LEAST_TOP_P);
  const takesTopP = isFree && (sampling !== 'one' || temperature === undefined);
  const hasTemperature = temperature !== undefined && isKept('temperature', !isFixed || takesPlain);
  const hasTopP = topP !== undefined && isKept('top_p', takesTopP);
  const hasTopK = server.topK && ownMembers['top_k'] !== undefined && isKept('top_k', !isFixed);
  return {
    temperature: hasTemperature ? Math.min(temperature, server.highestTemperature) : undefined,
    topP: hasTopP ? topP : undefined,
    topK: hasTopK ? ownMembers['top_k'] : undefined,
    dropped,
  };
}
