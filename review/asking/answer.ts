/** What a model answered, checked against the form it was asked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import type { Severity } from '../findings/finding';

export interface AnsweredFinding {
  readonly file: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: number;
  readonly title: string;
  readonly reason: string;
  readonly suggestion: string;
  readonly replacement: string;
}

export interface Verdict {
  readonly number: number;
  readonly refuted: boolean;
  readonly why: string;
}

/** UTF-16 units of an answer that are read. */
const LONGEST = 256 * 1024;

export interface AnswerForm<T> {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** @returns what is wrong, as a sentence for who answered, or the answer */
  read(text: string): { readonly answer: T } | { readonly fault: string };
}

function formOf<T>(name: string, file: string): AnswerForm<T> {
  const path = join(__dirname, '..', 'findings', file);
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  const isRight: ValidateFunction<T> = new Ajv({ strict: true }).compile<T>(schema);
  return {
    name,
    schema,
    read(text) {
      if (text.length > LONGEST) return { fault: `it has more than ${LONGEST} characters.` };
      let value: unknown;
      try {
        value = JSON.parse(insideOf(text));
      } catch {
        return { fault: 'it is no JSON.' };
      }
      if (isRight(value)) return { answer: value };
      const [error] = isRight.errors ?? [];
      return { fault: `${error?.instancePath || 'the whole'} ${error?.message ?? 'is wrong'}.` };
    },
  };
}

/** Some put words or a fence around it. */
function insideOf(text: string): string {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  return from < 0 || to < from ? text : text.slice(from, to + 1);
}

/** Made once, when they are asked for: a command that only explains itself needs none. */
const made = new Map<string, unknown>();
const once = <T>(name: string, make: () => AnswerForm<T>): AnswerForm<T> => {
  if (!made.has(name)) made.set(name, make());
  return made.get(name) as AnswerForm<T>;
};

export const findingsForm = (): AnswerForm<{ readonly findings: readonly AnsweredFinding[] }> =>
  once('findings', () => formOf('findings', 'findings.schema.json'));
export const verdictsForm = (): AnswerForm<{ readonly verdicts: readonly Verdict[] }> =>
  once('verdicts', () => formOf('verdicts', 'verdicts.schema.json'));
