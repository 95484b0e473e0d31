/** Reads how much the model is to think: OpenAI's `reasoning_effort`, or `thinking` as LiteLLM's clients send it. */
import { EFFORTS, effortOf, type Effort, type Reasoning } from '../../model/reasoning';
import { invalid, isAbsent, object, optionalCount, optionalText, type Fields } from '../fields';

export function readReasoning(fields: Fields): Reasoning | undefined {
  const { thinking } = fields;
  // The more telling of the two, since it may have a number.
  if (!isAbsent(thinking)) return readThinking(object('thinking', thinking));
  const effort = optionalText('reasoning_effort', fields['reasoning_effort']);
  if (effort === undefined) return undefined;
  if (!isEffort(effort)) throw invalid('reasoning_effort', `one of ${EFFORTS.join(', ')}`, effort);
  return { effort, field: 'reasoning_effort' };
}

const isEffort = (value: string): value is Effort => (EFFORTS as readonly string[]).includes(value);

function readThinking(thinking: Fields): Reasoning {
  const field = 'thinking';
  switch (thinking['type']) {
    case 'disabled':
      return { effort: 'none', field };
    case 'adaptive':
      return { effort: 'high', field };
    case 'enabled': {
      const budget = optionalCount('thinking.budget_tokens', thinking['budget_tokens']);
      return budget === undefined ? { effort: 'medium', field } : { effort: effortOf(budget), budget, field };
    }
    default:
      throw invalid('thinking.type', '"enabled", "disabled" or "adaptive"', thinking['type']);
  }
}
