/** Why a file is not reviewed. Each one that is left out is named, with one of these. */

export const REASONS = {
  ignored: '.aiignore of the base names it',
  'lock-file': 'a lock file',
  generated: 'generated',
  vendored: 'vendored',
  binary: 'binary',
  submodule: 'a submodule',
  link: 'a link',
  'no-text': 'nothing of its text has changed',
  deleted: 'deleted',
  'too-long': 'too long',
  cap: 'the cost cap was reached',
  budget: 'the budget of the key is used up',
  'not-understood': 'the answer of the model could not be understood',
  'not-answered': 'the model did not answer',
  'too-many': 'more than one run reviews',
} as const;

export type Reason = keyof typeof REASONS;

export interface LeftOut {
  readonly path: string;
  readonly reason: Reason;
}

/** Reasons for which a review is not whole: somebody may want to run it again. */
export const INCOMPLETE: readonly Reason[] = ['cap', 'budget', 'not-understood', 'not-answered', 'too-many'];
