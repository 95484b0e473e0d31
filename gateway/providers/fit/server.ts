/**
 * What a kind of server takes of any call, whichever model answers there. What the model takes is said by the catalog;
 * what holds where it says nothing is here.
 */
import type { ModelDocument } from '../../config/document';
import { EFFORTS, type Effort } from '../../model/reasoning';

export interface Server {
  /** Whether it knows Anthropic's `thinking`; if not, an effort says it all. */
  readonly thinking: boolean;
  /** Whether an effort needs a beta for every model that takes one; otherwise it does for those of the catalog's `effort`. */
  readonly effortIsBeta: boolean;
  /** Characters of a tool's name, all of them letters, digits, "_" and "-". */
  readonly toolName: number;
  /** Stop sequences. */
  readonly stops: number;
  /** Whether a stop sequence may be white space alone. */
  readonly blankStops: boolean;
  /** Ends the scale. */
  readonly highestTemperature: number;
  /** Whether a temperature of 1 is taken even for models that take none. */
  readonly plainTemperature: boolean;
  readonly topK: boolean;
  /** Of a model of which the catalog does not say it. */
  readonly sampling: NonNullable<ModelDocument['sampling']>;
  /** As `sampling`. */
  readonly efforts: readonly Effort[];
}

/** Source: Anthropic's reference of the Messages API. */
export const ANTHROPIC: Server = {
  thinking: true,
  effortIsBeta: false,
  toolName: 128,
  stops: Infinity,
  blankStops: false,
  highestTemperature: 1,
  plainTemperature: true,
  topK: true,
  sampling: 'one',
  efforts: ['low', 'medium', 'high'],
};

/** Takes the same otherwise. Source: AWS's reference of the Messages API on Bedrock. */
export const BEDROCK: Server = { ...ANTHROPIC, effortIsBeta: true };

/** Source: the reference of OpenAI's chat completions; other servers take no less. */
export const CHAT_COMPLETIONS: Server = {
  thinking: false,
  effortIsBeta: false,
  toolName: 64,
  stops: 4,
  blankStops: true,
  highestTemperature: 2,
  plainTemperature: false,
  topK: false,
  sampling: 'both',
  efforts: EFFORTS,
};
