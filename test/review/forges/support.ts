/** Reports and changes for tests of comments, without a model. */
import type { FileChange } from '../../../review/checkout/file-change';
import type { Finding } from '../../../review/findings/finding';
import type { ForgeState } from '../../standins/forges/server';
import type { Report } from '../../../review/report';

export const HEAD = 'c'.repeat(40);

/** Line 1 has not changed, 2 and 3 are new, 4 was 2 before. */
export const CHANGE: FileChange = {
  path: 'src/load.ts',
  kind: 'modified',
  modes: { before: '100644', after: '100644' },
  isBinary: false,
  changedLines: 2,
  bytes: 100,
  isTooLong: false,
  isLatin1: false,
  hunks: [
    {
      start: 1,
      lines: [
        { sign: ' ', text: 'export function load(id: string) {', before: 1, after: 1 },
        { sign: '+', text: '  const text = "select " + id;', after: 2 },
        { sign: '+', text: '  return db.query(text);', after: 3 },
        { sign: ' ', text: '}', before: 2, after: 4 },
      ],
    },
  ],
};

export const knowLines = (state: ForgeState): void => {
  state.lines = { 'src/load.ts': { 1: 1, 2: null, 3: null, 4: 2 } };
};

export const findingOf = (letter: string, changes: Partial<Finding> = {}): Finding => ({
  fingerprint: letter.repeat(32),
  path: 'src/load.ts',
  startLine: 2,
  endLine: 3,
  rule: 'security/sql-injection',
  severity: 'high',
  confidence: 0.9,
  title: 'The query is put together from text',
  reason: 'Whoever chooses the id chooses the query.',
  suggestion: 'Give the id as a parameter.',
  isChecked: true,
  ...changes,
});

export const reportOf = (findings: readonly Finding[], changes: Partial<Report> = {}): Report => ({
  what: { kind: 'range', base: 'b'.repeat(40), head: HEAD, files: 1, hunks: 1, remembered: 0 },
  findings,
  dropped: { outside: 0, refuted: 0, beyond: 0 },
  further: [],
  leftOut: [],
  hidden: [],
  masked: {},
  cost: { calls: 2, usd: 0.01, isEstimated: false },
  models: { review: 'claude-sonnet', refute: 'claude-haiku' },
  ...changes,
});
