/** How freely the model chooses its words, within what its provider takes. */
import type { ModelDocument } from '../../config/document';
import type { ModelRequest } from '../../model/request';

export interface FittedSampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly dropped: readonly string[];
}

/** OpenAI's scale ends at 2. */
const HIGHEST_TEMPERATURE = 1;

export function fitSampling(
  { temperature, topP }: ModelRequest,
  { sampling = 'one' }: ModelDocument,
  isThinking: boolean,
): FittedSampling {
  const fitted: { temperature?: number; topP?: number } = {};
  const dropped: string[] = [];
  // Thinking has a temperature of its own.
  const isFixed = isThinking || sampling === 'none';
  if (temperature !== undefined)
    if (isFixed) dropped.push('temperature');
    else fitted.temperature = Math.min(temperature, HIGHEST_TEMPERATURE);
  if (topP !== undefined)
    if (isFixed || (sampling === 'one' && temperature !== undefined)) dropped.push('top_p');
    else fitted.topP = topP;
  return { ...fitted, dropped };
}
