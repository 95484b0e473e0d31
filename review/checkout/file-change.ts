/** What a change does to one file. */

export interface DiffLine {
  readonly sign: ' ' | '+' | '-';
  /** Without its line feed; of a long line only the beginning. */
  readonly text: string;
  /** Line number before, from 1. @default - it is new */
  readonly before?: number;
  /** Line number after, from 1. @default - it is gone */
  readonly after?: number;
  /** Bytes that are not in `text`. @default 0 */
  readonly cut?: number;
}

export interface Hunk {
  /** Line number after, from 1, of the first line. */
  readonly start: number;
  readonly lines: readonly DiffLine[];
}

export type ChangeKind = 'added' | 'deleted' | 'modified' | 'renamed' | 'copied';

export interface FileChange {
  /** As it is called after the change, or was before it is gone. Slashes between folders. */
  readonly path: string;
  readonly kind: ChangeKind;
  /** Where it was. @default - at the same place */
  readonly from?: string;
  /** Octal, as git has them: 100644, 100755, 120000 (link), 160000 (submodule). @default - not there on that side */
  readonly modes: { readonly before?: string; readonly after?: string };
  /** Name of the object after the change. @default - its contents did not change, or it is gone */
  readonly object?: string;
  /** All of the file as it lies in the checkout. @default - it is read from git's objects */
  readonly content?: Buffer;
  readonly isBinary: boolean;
  /** Lines that were added or taken away, whether or not `hunks` has them. */
  readonly changedLines: number;
  /** Bytes of the diff. */
  readonly bytes: number;
  /** Empty where there is too much of it, or nothing that is text. */
  readonly hunks: readonly Hunk[];
  /** There was more than is kept of one file, or of all. */
  readonly isTooLong: boolean;
  /** Its bytes are no UTF-8, and are shown as Latin-1. */
  readonly isLatin1: boolean;
}

const LINK = '120000';
const SUBMODULE = '160000';

export const isSubmodule = ({ modes }: FileChange): boolean =>
  modes.before === SUBMODULE || modes.after === SUBMODULE;
export const isLink = ({ modes }: FileChange): boolean => modes.after === LINK || modes.before === LINK;
