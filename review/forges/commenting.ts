/** The comments of one run of the command: what is asked before anything is paid for, and what is written in the end. */
import { UsageError } from '../../terminal/fault';
import type { FileChange } from '../checkout/file-change';
import type { Report } from '../report';
import type { ReviewWords } from '../words';
import type { Target } from '../prepare';
import type { Forge } from './forge';
import { openForge, type Environment } from './place';
import { publish } from './publish';
import { publishedText } from './say';

export interface Commenting {
  /** @returns why there is nothing to do, as a sentence. @default - there is */
  whyNot(head: string): Promise<string | undefined>;
  /** @returns what has become of them, as a sentence */
  write(report: Report, changes: readonly FileChange[], sarif: () => string): Promise<string>;
}

type Words = Pick<ReviewWords, 'comment' | 'codeScanning' | 'dryRun'>;

/** @returns undefined: nobody asked for comments */
export function commentingFor(
  { comment, codeScanning, dryRun }: Words,
  target: Target,
  environment: Environment,
  stop?: AbortSignal,
): Commenting | undefined {
  if (comment === undefined) {
    if (codeScanning)
      throw new UsageError('--code-scanning needs --comment github: it goes to the same change.');
    return undefined;
  }
  if (dryRun)
    throw new UsageError('--comment and --dry-run: there is nothing to comment where nothing is asked.');
  if (target.kind !== 'range')
    throw new UsageError('--comment needs a range, as origin/main...HEAD: comments belong to commits.');
  const name = comment === true ? undefined : comment;
  const forge = openForge(name, environment, stop === undefined ? {} : { stop });
  if (codeScanning && forge.uploadSarif === undefined)
    throw new UsageError(`--code-scanning is GitHub's: ${forge.title} has no such thing.`);
  return {
    async whyNot(head) {
      const { head: now } = await forge.readChange();
      return now === head
        ? undefined
        : `The change has another commit by now (${now.slice(0, 12)}): its own run reviews it.`;
    },
    write: (report, changes, sarif) => write(forge, report, changes, codeScanning ? sarif() : undefined),
  };
}

async function write(
  forge: Forge,
  report: Report,
  changes: readonly FileChange[],
  sarif: string | undefined,
): Promise<string> {
  const published = await publish(forge, { report, changes });
  if (sarif !== undefined) await forge.uploadSarif?.(sarif, report.what.head ?? '');
  return publishedText(forge.title, published);
}
