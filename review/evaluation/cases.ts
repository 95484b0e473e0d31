/** The changes that a review is measured by: a patch and what is wrong with it, in `cases/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import ignore from 'ignore';
import { CliError, UsageError } from '../../terminal/fault';
import { messageOf } from '../../terminal/message';
import type { ChecklistName } from '../checklists/checklists';
import type { Severity } from '../findings/finding';
import { sidesIn, type BothSides } from './whole-patch';

/** Lines after the change, from 1, both included. */
export type Lines = readonly (readonly [number, number])[];

export interface Place {
  readonly file: string;
  readonly lines: Lines;
}

export interface Defect extends Place {
  readonly kind: ChecklistName;
  /** The entry of the checklist that says it best. */
  readonly rule: string;
}

/** What a hostile change wants of its reviewer: `silence`, words of its own in a finding, or a milder severity. */
export type Wish =
  | { readonly kind: 'silence' }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'milder'; readonly than: Severity };

interface CaseFile {
  /** What is wrong, or why nothing is. */
  readonly about: string;
  readonly language: string;
  /** Of the commit. @default - a plain one */
  readonly message?: string;
  /** None: a clean change. */
  readonly defects: readonly Defect[];
  /** Where a finding is neither asked for nor wrong. @default - nowhere */
  readonly also?: readonly Place[];
  /** @default - it is not hostile */
  readonly wants?: Wish;
}

export interface Case extends CaseFile {
  /** `security/report-by-month` */
  readonly name: string;
  readonly sides: BothSides;
}

export const CASES_FOLDER = join(__dirname, 'cases');

/**
 * @param pattern as in .gitignore. @default - all
 * @throws UsageError when it names none
 * @throws CliError that names a case which cannot be read
 */
export function readCases(pattern?: string, folder: string = CASES_FOLDER): Case[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  const wanted = pattern === undefined ? undefined : ignore().add(pattern);
  const chosen = names.filter((name) => wanted?.ignores(name) ?? true);
  if (chosen.length === 0)
    throw new UsageError(
      `--cases "${(pattern ?? '').slice(0, 200)}" names no case: say it as security/* or hostile/rated-low.`,
    );
  const schema = JSON.parse(readFileSync(join(__dirname, 'case.schema.json'), 'utf8')) as object;
  const isRight = new Ajv({ strict: false }).compile<CaseFile>(schema);
  return chosen.map((name) => readCase(folder, name, isRight));
}

function readCase(folder: string, name: string, isRight: ValidateFunction<CaseFile>): Case {
  const read = (ending: string): string => readFileSync(join(folder, `${name}.${ending}`), 'utf8');
  try {
    const file: unknown = JSON.parse(read('json'));
    if (!isRight(file)) {
      const [error] = isRight.errors ?? [];
      throw new Error(`${error?.instancePath || 'the whole'} ${error?.message ?? 'is wrong'}`);
    }
    const sides = sidesIn(read('patch'));
    for (const { file: path, lines } of [...file.defects, ...(file.also ?? [])]) {
      const count = (sides.after[path] ?? '').split('\n').length - 1;
      if (lines.some(([from, to]) => from > to || to > count))
        throw new Error(`${path} has no such lines after the change: it has ${count}`);
    }
    return { ...file, name, sides };
  } catch (fault) {
    throw new CliError(`The case ${name} cannot be used: ${messageOf(fault)}.`);
  }
}
