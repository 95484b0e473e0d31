/** What a platform does for the comments of a review; each has a file beside this one. */

/** A pull request or merge request, as the platform has it now. */
export interface Change {
  /** Commit. */
  readonly head: string;
}

export interface ForgeComment {
  readonly id: string;
  /** Who wrote it, by the platform's number for that account. */
  readonly author: string;
  /** As it was written. */
  readonly body: string;
}

export interface InlineComment extends ForgeComment {
  /** Of its thread, where the platform has threads that can be resolved. */
  readonly thread?: string;
}

/** Where in the change a comment belongs. */
export interface Anchor {
  readonly path: string;
  /** Before the change. */
  readonly oldPath: string;
  /** After the change, from 1, both included, in one hunk. */
  readonly startLine: number;
  readonly endLine: number;
  /** The one line of them for platforms that take no range: an added one where there is one. */
  readonly line: number;
  /** Its number before the change. @default - the line is new */
  readonly oldLine?: number;
}

/** Which comments are looked for: those of one account that begin with a marker. */
export interface Wanted {
  readonly author: string;
  readonly isMarked: (body: string) => boolean;
}

/** Nothing but our own account's comments is ever taken for ours. */
export const isWanted = ({ author, isMarked }: Wanted, comment: ForgeComment): boolean =>
  comment.author !== '' && comment.author === author && isMarked(comment.body);

export interface Forge {
  /** As people call it. */
  readonly title: string;
  /** UTF-16 units of a comment. */
  readonly longestComment: number;
  readChange(): Promise<Change>;
  /** @returns the account that the token is of, by the platform's number */
  readMe(): Promise<string>;
  /** Comments of the whole change, the oldest first. */
  readComments(wanted: Wanted): Promise<ForgeComment[]>;
  /** First comments of threads at lines, the oldest first. */
  readInline(wanted: Wanted): Promise<InlineComment[]>;
  addComment(body: string): Promise<void>;
  editComment(comment: ForgeComment, body: string): Promise<void>;
  /** @returns false: the platform has no such line in the change */
  addInline(anchor: Anchor, body: string, head: string): Promise<boolean>;
  editInline(comment: InlineComment, body: string): Promise<void>;
  /** Resolves a thread, or opens it again. @returns false: the platform has no such thing, or the token may not */
  resolve(comment: InlineComment, isResolved: boolean): Promise<boolean>;
  /** A report for the platform's own list of alerts. @default - it has none, or takes it from CI's artifacts */
  uploadSarif?(sarif: string, head: string): Promise<void>;
}

/** Nobody knows whether something was written: what is there has to be read again. */
export class Unsure extends Error {}
