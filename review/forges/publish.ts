/** Brings the comments of a change to what a report says. What is there is read first, so that doing it again changes nothing. */
import { CliError } from '../../terminal/fault';
import type { FileChange } from '../checkout/file-change';
import { isWhole, type Report } from '../report';
import { anchorOf } from './anchors';
import { findingBody, goneBody, isSameBody, summaryBody } from './bodies';
import { Unsure, type Forge, type InlineComment } from './forge';
import { readMarker } from './marker';

/** Comments at lines that one run may write; the rest is in the summary. */
const MOST_INLINE = 30;
/** How often all is read and looked at again, when nobody knows whether something was written. */
const ROUNDS = 3;

export interface PublishProps {
  readonly report: Report;
  /** What was reviewed. */
  readonly changes: readonly FileChange[];
  /** Milliseconds that a wait takes. @default - as long as it says */
  readonly wait?: (ms: number) => Promise<void>;
}

export interface Published {
  readonly summary: 'added' | 'edited' | 'unchanged';
  /** Comments at lines. */
  readonly added: number;
  readonly unchanged: number;
  /** Of findings that are there again. */
  readonly reopened: number;
  readonly gone: number;
  /** Threads that are resolved, of those that are gone. */
  readonly resolved: number;
  /** Findings that only the summary has. */
  readonly inSummary: number;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** @throws CliError when the platform refuses, or does not say whether it has written something */
export async function publish(forge: Forge, props: PublishProps): Promise<Published> {
  const author = await forge.readMe();
  if (author === '')
    throw new CliError(
      `${forge.title} does not say whose the token is: no comment is written, since ours could not be found again.`,
    );
  const counts = { unchanged: 0, reopened: 0, gone: 0, resolved: 0, inSummary: 0 };
  const written = new Set<string>();
  for (let round = 1; ; round += 1)
    try {
      const atLines = await publishInline(forge, props, author, counts, written);
      const summary = await publishSummary(forge, props.report, author, atLines);
      return { summary, ...counts, added: written.size };
    } catch (fault) {
      if (!(fault instanceof Unsure)) throw fault;
      if (round >= ROUNDS)
        throw new CliError(`${fault.message} Run the job again: nothing is written twice.`);
      await (props.wait ?? pause)(2_000 * round);
    }
}

type Counts = { -readonly [Name in keyof Omit<Published, 'summary' | 'added'>]: number };

/**
 * @param written fingerprints of what this run has added
 * @returns fingerprints of findings that have a comment at their line
 */
async function publishInline(
  forge: Forge,
  { report, changes }: PublishProps,
  author: string,
  counts: Counts,
  written: Set<string>,
): Promise<Set<string>> {
  const head = report.what.head ?? '';
  const known = await readKnown(forge, author);
  const atLines = new Set<string>();
  counts.unchanged = counts.inSummary = 0;
  for (const finding of report.findings) {
    const { fingerprint } = finding;
    const body = findingBody(finding, forge.longestComment);
    const there = known.get(fingerprint);
    if (there !== undefined) {
      atLines.add(fingerprint);
      if (there.isOpen) counts.unchanged += written.has(fingerprint) ? 0 : 1;
      else {
        await forge.editInline(there.comment, body);
        await forge.resolve(there.comment, false);
        counts.reopened += 1;
      }
      continue;
    }
    const anchor = atLines.size < MOST_INLINE ? anchorOf(finding, changes) : undefined;
    if (anchor !== undefined && (await forge.addInline(anchor, body, head))) {
      atLines.add(fingerprint);
      written.add(fingerprint);
    } else counts.inSummary += 1;
  }
  // What was not looked at is not known to be gone.
  if (!isWhole(report)) return atLines;
  const still = new Set([...report.findings.map(({ fingerprint }) => fingerprint), ...report.further]);
  for (const [fingerprint, { comment, isOpen }] of known) {
    if (!isOpen || still.has(fingerprint)) continue;
    // Resolved first: what is said to be gone is not looked at again.
    if (await forge.resolve(comment, true)) counts.resolved += 1;
    await forge.editInline(comment, goneBody(fingerprint, comment.body, head, forge.longestComment));
    counts.gone += 1;
  }
  return atLines;
}

interface Known {
  readonly comment: InlineComment;
  readonly isOpen: boolean;
}

/** Of two with the same fingerprint, as runs side by side may write them, the first. */
async function readKnown(forge: Forge, author: string): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  const comments = await forge.readInline({
    author,
    isMarked: (body) => readMarker(body)?.kind === 'finding',
  });
  for (const comment of comments) {
    const marker = readMarker(comment.body);
    if (marker?.kind === 'finding' && !known.has(marker.fingerprint))
      known.set(marker.fingerprint, { comment, isOpen: marker.isOpen });
  }
  return known;
}

async function publishSummary(
  forge: Forge,
  report: Report,
  author: string,
  atLines: ReadonlySet<string>,
): Promise<Published['summary']> {
  const body = summaryBody(report, { longest: forge.longestComment, atLines });
  const [first] = await forge.readComments({
    author,
    isMarked: (text) => readMarker(text)?.kind === 'summary',
  });
  if (first === undefined) {
    await forge.addComment(body);
    return 'added';
  }
  if (isSameBody(first.body, body)) return 'unchanged';
  await forge.editComment(first, body);
  return 'edited';
}
