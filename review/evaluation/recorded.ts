/** Answers that lie in `recorded/`, written by hand and by no model: they show that the evaluation works, not how good a model is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../terminal/fault';
import { messageOf } from '../../terminal/message';
import { readPrompt } from '../checklists/checklists';
import type { Case } from './cases';

export const RECORDED_FOLDER = join(__dirname, 'recorded');
export const RECORDED_NOTE = 'answers written by hand, not by a model: they say nothing about any model';

interface RecordedAnswer {
  /** As a model answers them; what is wrong in it is played as it is. */
  readonly findings: unknown;
  /** Titles of findings that the second look refutes. */
  readonly refuted: readonly string[];
}

/** @param text all that is asked @returns what is answered */
export type Answering = (text: string) => string;

const NOTHING = JSON.stringify({ findings: [] });

/** @throws CliError that names a case without an answer, or one whose answer is no JSON */
export function recordedAnswers(cases: readonly Case[], folder: string = RECORDED_FOLDER): Answering {
  const answers = new Map(cases.map((each) => [each, readAnswer(folder, each.name)]));
  const [refuting = ''] = readPrompt('refute').split('\n', 1);
  return (text) => {
    const asked = cases.find(({ sides }) =>
      Object.keys(sides.after).some(
        (path) => text.includes(`file: "${path}" (`) || text.includes(`in "${path}", lines `),
      ),
    );
    const answer = asked === undefined ? undefined : answers.get(asked);
    if (answer === undefined) return NOTHING;
    if (!text.includes(refuting)) return JSON.stringify({ findings: answer.findings });
    const verdicts = [...text.matchAll(/^finding (\d{1,3}): .*\ntitle: (.*)$/gm)].map(
      ([, number, title]) => ({
        number: Number(number),
        refuted: answer.refuted.includes(title ?? ''),
        why: 'as recorded',
      }),
    );
    return JSON.stringify({ verdicts });
  };
}

function readAnswer(folder: string, name: string): RecordedAnswer {
  try {
    const { findings, refuted } = JSON.parse(
      readFileSync(join(folder, `${name}.json`), 'utf8'),
    ) as Partial<RecordedAnswer>;
    return { findings: findings ?? [], refuted: Array.isArray(refuted) ? refuted : [] };
  } catch (fault) {
    throw new CliError(`The recorded answer to ${name} cannot be read: ${messageOf(fault)}.`);
  }
}
