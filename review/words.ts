/** What was typed, as the review needs it. */
import { UsageError } from '../terminal/fault';
import { SEVERITIES, type Severity } from './findings/finding';
import type { ForgeName } from './forges/names';
import type { Format } from './output/format-names';
import type { Target } from './prepare';

export interface ReviewWords {
  readonly repository: string;
  readonly staged?: boolean;
  readonly model?: string;
  readonly smallModel?: string;
  /** US dollars. */
  readonly maxCost?: number;
  readonly max: number;
  readonly failOn?: Severity;
  readonly format?: Format;
  readonly json?: boolean;
  readonly output?: string;
  /** true: on the platform whose CI this is. */
  readonly comment?: ForgeName | true;
  /** For GitHub's code scanning. */
  readonly codeScanning?: boolean;
  readonly contextTokens: number;
  readonly dryRun?: boolean;
  /** false by --no-cache. */
  readonly cache: boolean;
}

export { SEVERITIES };

export function targetOf(names: readonly string[], { staged }: Pick<ReviewWords, 'staged'>): Target {
  if (staged) {
    if (names.length > 0) throw new UsageError('Name files or a range, or use --staged: not both.');
    return { kind: 'staged' };
  }
  const [first] = names;
  if (first === undefined)
    throw new UsageError('Say what to review: a range as main...HEAD, --staged, or names of files.');
  if (!first.includes('...')) return { kind: 'files', names };
  if (names.length > 1)
    throw new UsageError(`"${first.slice(0, 200)}" is a range: nothing else can be named beside it.`);
  return { kind: 'range', range: first };
}

export const formatOf = ({ format, json }: Pick<ReviewWords, 'format' | 'json'>): Format =>
  format ?? (json ? 'json' : 'text');
