/** The formats a report can have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Colours } from '../../terminal/colours';
import type { Report } from '../report';
import { renderCodeQuality } from './code-quality';
import { renderJson } from './json';
import { renderMarkdown } from './markdown';
import { renderRdjson } from './rdjson';
import { renderSarif } from './sarif';
import { renderText } from './text';
import type { Rule } from '../checklists/checklists';
import type { Format } from './format-names';

export interface RenderProps {
  readonly colours: Colours;
  readonly rules: readonly Rule[];
}

const RENDER: Readonly<Record<Format, (report: Report, props: RenderProps) => string>> = {
  text: (report, { colours }) => renderText(report, colours),
  markdown: renderMarkdown,
  json: renderJson,
  sarif: (report, { rules }) =>
    renderSarif(report, { version: versionOf(), rules: new Map(rules.map(({ id, about }) => [id, about])) }),
  'code-quality': renderCodeQuality,
  rdjson: renderRdjson,
};

export const renderReport = (report: Report, format: Format, props: RenderProps): string =>
  RENDER[format](report, props);

const versionOf = (): string =>
  (JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string })
    .version;
