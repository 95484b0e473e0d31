import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { Finding } from '../../review/findings/finding';
import { FORMATS } from '../../review/output/format-names';
import { renderReport } from '../../review/output/formats';
import type { Report } from '../../review/report';
import { coloursFor } from '../../terminal/colours';

const folder = mkdtempSync(join(tmpdir(), 'review-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EVIL = 'a [link](1) {0} <b>x</b> @all\u001b[2J\u202e';

const FINDING: Finding = {
  fingerprint: 'a'.repeat(32),
  path: 'src/lo ad#1.ts',
  startLine: 2,
  endLine: 3,
  rule: 'security/sql-injection',
  severity: 'critical',
  confidence: 0.9,
  title: 'The query is put together from text',
  reason: EVIL,
  suggestion: 'Give the id as a parameter.',
  replacement: '  query(id);',
  patch: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+``` b\n',
  isChecked: true,
};

const REPORT: Report = {
  what: { kind: 'range', base: 'b'.repeat(40), head: 'c'.repeat(40), files: 3, hunks: 5, remembered: 1 },
  findings: [
    FINDING,
    {
      ...FINDING,
      fingerprint: 'b'.repeat(32),
      severity: 'low',
      rule: 'testing/missing-test',
      path: 'ü/b.ts',
    },
    { ...FINDING, fingerprint: 'c'.repeat(32), severity: 'medium', isChecked: false },
  ],
  dropped: { outside: 1, refuted: 2, beyond: 3 },
  further: [],
  leftOut: [
    { path: 'package-lock.json', reason: 'lock-file' },
    { path: 'src/large.ts', reason: 'cap' },
  ],
  hidden: [{ path: 'a.ts', line: 3, kinds: ['direction'] }],
  masked: { 'github-token': 2 },
  cost: { calls: 4, usd: 0.0123, isEstimated: false, cap: 0.5 },
  models: { review: 'claude-sonnet', refute: 'claude-haiku' },
};

const render = (format: (typeof FORMATS)[number], report = REPORT): string =>
  renderReport(report, format, {
    colours: coloursFor({}),
    rules: [{ id: 'security/sql-injection', about: 'a query put together from text.' }],
  });

const NONE: Report = { ...REPORT, findings: [] };

/** The project has no address of its own to send people to. */
const NO_ADDRESS = 'SARIF2005';

test('SARIF is taken by the validator of its authors, with and without findings', () => {
  const tool = require.resolve('@microsoft/sarif-multitool/bin.js');
  writeFileSync(join(folder, 'review.sarif'), render('sarif'));
  writeFileSync(join(folder, 'none.sarif'), render('sarif', NONE));
  const said = join(folder, 'said.sarif');
  execFileSync(
    process.execPath,
    [
      tool,
      'validate',
      join(folder, 'review.sarif'),
      join(folder, 'none.sarif'),
      '--output',
      said,
      '--log',
      'ForceOverwrite',
      '--rule-kind',
      "'Sarif;Gh'",
    ],
    { stdio: 'ignore', env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' } },
  );
  const { runs } = JSON.parse(readFileSync(said, 'utf8')) as {
    runs: { results: { level?: string; ruleId: string; message: unknown }[] }[];
  };
  const faults = runs
    .flatMap(({ results }) => results)
    .filter(({ ruleId, level = 'warning' }) => level !== 'note' && !ruleId.startsWith(NO_ADDRESS));
  expect(faults).toEqual([]);
});

test('SARIF says what GitHub reads', () => {
  const { runs } = JSON.parse(render('sarif')) as { runs: Record<string, never>[] };
  expect(runs[0]).toMatchObject({
    results: [
      {
        ruleId: 'security/sql-injection',
        level: 'error',
        partialFingerprints: { 'contractorWorkspaceReview/v1': 'a'.repeat(32) },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'src/lo%20ad%231.ts' },
              region: { startLine: 2, endLine: 3 },
            },
          },
        ],
        properties: { 'security-severity': '9.5' },
      },
      { level: 'note' },
      { level: 'warning' },
    ],
  });
});

/** GitLab's field list of the Code Quality report. */
const CODE_QUALITY = {
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string', minLength: 1 },
      fingerprint: { type: 'string', minLength: 1 },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', pattern: '^(?!\\./|/)' },
          lines: {
            type: 'object',
            required: ['begin'],
            properties: { begin: { type: 'integer', minimum: 1 } },
          },
        },
      },
    },
  },
};

const position = {
  type: 'object',
  additionalProperties: false,
  properties: { line: { type: 'integer' }, column: { type: 'integer' } },
};
const range = { type: 'object', additionalProperties: false, properties: { start: position, end: position } };

/** The fields of reviewdog's DiagnosticResult. */
const RDJSON = {
  type: 'object',
  additionalProperties: false,
  required: ['diagnostics'],
  properties: {
    source: {
      type: 'object',
      additionalProperties: false,
      properties: { name: { type: 'string' }, url: { type: 'string' } },
    },
    severity: { enum: ['UNKNOWN_SEVERITY', 'ERROR', 'WARNING', 'INFO'] },
    diagnostics: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['message', 'location'],
        properties: {
          message: { type: 'string' },
          location: {
            type: 'object',
            additionalProperties: false,
            properties: { path: { type: 'string' }, range },
          },
          severity: { enum: ['UNKNOWN_SEVERITY', 'ERROR', 'WARNING', 'INFO'] },
          code: {
            type: 'object',
            additionalProperties: false,
            properties: { value: { type: 'string' }, url: { type: 'string' } },
          },
          suggestions: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['range', 'text'],
              properties: { range, text: { type: 'string' } },
            },
          },
        },
      },
    },
  },
};

test.each([
  ['code-quality', CODE_QUALITY],
  ['rdjson', RDJSON],
] as const)('%s has the fields of its format', (format, schema) => {
  const isRight = new Ajv({ strict: true }).compile(schema);
  for (const report of [REPORT, NONE]) {
    isRight(JSON.parse(render(format, report)));
    expect(isRight.errors).toBeNull();
  }
});

test.each(FORMATS)('%s holds nothing that a terminal obeys', (format) => {
  expect(render(format)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test('text and Markdown name what was left out, and why', () => {
  for (const text of [render('text'), render('markdown')]) {
    expect(text).toContain('3 findings in 3 files, and not all of it was reviewed');
    expect(text).toMatch(/a lock file.*package-lock\.json/);
    expect(text).toMatch(/the cost cap was reached.*src\/large\.ts/);
  }
  expect(render('text')).toContain('4 calls for $0.0123 of $0.5000, by claude-sonnet and claude-haiku.');
  // No fence of theirs ends ours.
  expect(render('markdown')).toContain('````diff\n');
});
