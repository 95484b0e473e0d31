/** Writes a whole answer as OpenAI's legacy completions have it: its text alone. */
import type { AnswerBlock, ModelAnswer } from '../../model/answer';
import { FINISH_REASONS, renderUsage } from '../openai-chat/render-answer';
import { completionId } from '../answer-id';
import type { AnswerFrame } from '../protocol';

export function renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string {
  const text = answer.blocks.flatMap(wordsOf).join('');
  return JSON.stringify({
    id: completionId(frame),
    object: 'text_completion',
    created: frame.created,
    model: frame.model,
    choices: [{ text, index: 0, logprobs: null, finish_reason: FINISH_REASONS[answer.stopReason] }],
    ...(answer.usage ? { usage: renderUsage(answer.usage) } : {}),
  });
}

/** There is no other field for why an answer was refused. */
const wordsOf = (block: AnswerBlock): string[] =>
  block.type === 'text' || block.type === 'refusal' ? [block.text] : [];
