/** A whole answer as the provider gave it, but for the model's name: the client gets back the one it asked for. */
import type { ModelAnswer } from '../../model/answer';
import type { AnswerFrame } from '../protocol';

export function renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string {
  return JSON.stringify({ ...answer.message, model: frame.model });
}
