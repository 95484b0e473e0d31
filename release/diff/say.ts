/** Compares two versions of templates and says what the difference means. */
import { UsageError } from '../../terminal/fault';
import { severityNamed } from './change';
import { compare } from './comparison';
import { isRefused, worstOf, writeReport } from './report';

export interface DiffWords {
  readonly template?: string;
  readonly to?: string;
  readonly fromDir?: string;
  readonly toDir?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly failOn?: string;
}

/** @returns the exit code: 1 when a change is as bad as was said, or worse */
export async function sayWhatChanged(ref: string | undefined, words: DiffWords): Promise<number> {
  if (words.json === true && words.markdown === true)
    throw new UsageError('a report is either for a program or for a pull request: give --json or --markdown');
  const { failOn } = words;
  const limit = failOn === undefined ? undefined : severityNamed(failOn);
  const comparisons = await compare({
    ref,
    to: words.to,
    template: words.template,
    fromDir: words.fromDir,
    toDir: words.toDir,
    repository: process.cwd(),
  });
  const style = words.json === true ? 'json' : words.markdown === true ? 'markdown' : 'text';
  process.stdout.write(writeReport(comparisons, style));
  if (limit === undefined || !isRefused(comparisons, limit)) return 0;
  process.stderr.write(`a change is "${worstOf(comparisons)}", and --fail-on ${failOn} refuses that\n`);
  return 1;
}
