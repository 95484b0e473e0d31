/** What the stand-in of a model answers to a review: findings, verdicts, or whatever a test wants to be answered. */
import { say, type AnthropicStandin, type ScriptedAnswer } from '../../standins/anthropic';
import type { AnsweredFinding } from '../../../review/asking/answer';

export const finding = (changes: Partial<AnsweredFinding> = {}): AnsweredFinding => ({
  file: '"src/load.ts"',
  start_line: 2,
  end_line: 2,
  rule: 'security/sql-injection',
  severity: 'high',
  confidence: 0.9,
  title: 'The query is put together from text',
  reason: 'Whoever chooses the id chooses the query.',
  suggestion: 'Give the id as a parameter.',
  replacement: '',
  ...changes,
});

/** All text of a request's system and turns. */
export const textOf = (body: unknown): string => {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(body);
  return texts.join('\n');
};

const isRefuting = (text: string): boolean => text.includes('Looking for what is wrong with findings');

export interface Answers {
  /** To a question for findings. @default - none */
  readonly findings?: readonly AnsweredFinding[] | ((text: string) => readonly AnsweredFinding[]);
  /** Numbers that the second look refutes. @default - none */
  readonly refuted?: readonly number[];
}

export function answerWith(standin: AnthropicStandin, { findings = [], refuted = [] }: Answers): void {
  standin.setDefault((call): ScriptedAnswer => {
    const text = textOf(call.body);
    if (isRefuting(text)) {
      const count = [...text.matchAll(/^finding \d+: /gm)].length;
      const verdicts = Array.from({ length: count }, (_, at) => ({
        number: at + 1,
        refuted: refuted.includes(at + 1),
        why: 'so it is',
      }));
      return say(JSON.stringify({ verdicts }));
    }
    return say(JSON.stringify({ findings: typeof findings === 'function' ? findings(text) : findings }));
  });
}
