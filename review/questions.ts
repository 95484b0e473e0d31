/** The questions that a prepared change comes to, without the hunks that are remembered. */
import { createHash } from 'node:crypto';
import { findingsForm, type AnsweredFinding } from './asking/answer';
import type { Question } from './asking/ask';
import type { ShownFile, ShownHunk } from './asking/material';
import { between, dataOf, makeGroups, newMarker, type Asked, type Group } from './asking/question';
import { mask } from '../masking/mask';
import { keyOf, type Cache, type Remembered } from './cache';
import { fillPrompt, readPrompt } from './checklists/checklists';
import type { LeftOut } from './choice/left-out';
import type { OfferedModel } from './gateway/models';
import type { Prepared } from './prepare';

export interface Models {
  readonly review: OfferedModel;
  readonly refute: OfferedModel;
}

export interface AskedGroup {
  readonly group: Group;
  readonly question: Question<{ readonly findings: readonly AnsweredFinding[] }>;
}

export interface RememberedHunk {
  readonly asked: Asked;
  readonly remembered: Remembered;
}

export interface Questions {
  readonly asked: readonly AskedGroup[];
  readonly remembered: readonly RememberedHunk[];
  readonly leftOut: readonly LeftOut[];
  keyFor(file: ShownFile, hunk: ShownHunk): string;
}

/** Questions of one run. */
const MOST_QUESTIONS = 60;

export async function makeQuestions(prepared: Prepared, models: Models, cache: Cache): Promise<Questions> {
  const { material, checklists, messages, contextOf } = prepared;
  const frame = readPrompt('frame');
  const rules = createHash('sha256')
    .update([frame, checklists.text, readPrompt('refute')].join('\0'))
    .digest('hex');
  const names = [models.review.id, models.refute.id];
  const keyFor = (file: ShownFile, hunk: ShownHunk): string => keyOf(rules, names, file, hunk);

  const remembered: RememberedHunk[] = [];
  const toAsk = material.files.flatMap((file): Asked[] => {
    const hunks = file.hunks.filter((hunk) => {
      const found = cache.find(keyFor(file, hunk));
      if (found !== undefined) remembered.push({ asked: { file, hunks: [hunk] }, remembered: found });
      return found === undefined;
    });
    return hunks.length === 0 ? [] : [{ file, hunks }];
  });

  const groups = makeGroups(toAsk);
  const data: { group: Group; text: string }[] = [];
  for (const group of groups.slice(0, MOST_QUESTIONS))
    // The last barrier: names, context and what goes over the borders of hunks are looked at once more.
    data.push({ group, text: mask(dataOf(group, messages, await contextOf(group))).text });
  // One for all, so that providers keep what comes before the data.
  const marker = newMarker(data.map(({ text }) => text));
  const asked = data.map(({ group, text }): AskedGroup => ({
    group,
    question: {
      model: models.review,
      form: findingsForm(),
      rules: fillPrompt(frame, { marker, checklists: checklists.text }),
      data: `${between(marker, text)}\n\nReview the change above.`,
    },
  }));
  return { asked, remembered, leftOut: tooMany(groups.slice(MOST_QUESTIONS)), keyFor };
}

const tooMany = (groups: readonly Group[]): LeftOut[] =>
  groups.flatMap((group) => group.map(({ file }): LeftOut => ({ path: file.path, reason: 'too-many' })));
