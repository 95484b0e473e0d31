/** Values that stand where a secret was to be put: copied from a document, or not what their owner meant to copy. */

interface Mark {
  readonly found: RegExp;
  /** Completes "NAME …". */
  readonly says: string;
  /** Whether it may be all of a secret, so that none of it is shown. */
  readonly isSecret?: boolean;
}

/** Characters of a placeholder that a message shows; no secret is known by them. */
const SHOWN = 7;
/** Characters of the longest value that may be a placeholder. */
const LONGEST = 256;

/** Whole words, so that a secret in which chance wrote one of them passes. */
const EXAMPLES = [
  // sk-ant-..., sk-…, ...
  /(\.{3,}|\u2026)$/,
  /<[a-z][^<>]{0,60}>$|<your|<insert|<api/i,
  /^\[.*\]$/,
  // sk-ant-xxx, AKIAXXXXXXXXXXXXXXXX, ****
  /^[a-z0-9-]{0,16}?(x{3,}|\*{3,}|0{8,}|_{3,})$/i,
  /(^|[-_. ])(your|my)([-_. ]|$)/i,
  /(^|[-_. ])(change|replace|insert|paste|fill)[-_. ]?(me|this|it|in|here)([-_. ]|$)/i,
  /(^|[-_. ])(placeholder|redacted)([-_. ]|$)/i,
  /(^|[-_. ])(key|token|secret|value)[-_. ](goes[-_. ])?here$/i,
  /^(api[-_ ]?key|key|token|secret|password|none|null|undefined|nil|todo|tbd|n\/a|example)$/i,
  // Of AWS's own documents: AKIAIOSFODNN7EXAMPLE and the key that belongs to it.
  /IOSFODNN7EXAMPLE$|\/bPxRfiCYEXAMPLEKEY$/,
];

const MARKS: readonly Mark[] = [
  {
    found: /^\$\{[A-Za-z_]|^\$[A-Za-z_][A-Za-z0-9_]*$|^\{\{.*\}\}$|^%[A-Za-z_][A-Za-z0-9_]*%$|^\$\(/,
    says: 'names another variable or command that nothing has put the value of in its place: set it where a shell or compose expands it, or write the value itself',
  },
  {
    found: /^(export )?[A-Z][A-Z0-9_]{3,63}=/,
    says: 'begins with the name of a variable: only what stands after its "=" is the value',
    isSecret: true,
  },
  {
    found: /^["'\u2018\u2019\u201c\u201d`]|["'\u2018\u2019\u201c\u201d`]$/,
    says: 'is in quotes, which count as a part of it here: take them away (env files of Docker keep them)',
    isSecret: true,
  },
  {
    found: /^\s|\s$/,
    says: 'begins or ends with a blank or a line break, which was copied with it: take it away',
    isSecret: true,
  },
];

const PLACEHOLDER: Pick<Mark, 'says' | 'isSecret'> = {
  says: 'is a placeholder: put the real one in its place',
};

/** @throws Error whose message completes "NAME …"; shows no more of the value than its first characters */
export function refusePlaceholder(value: string): void {
  const mark: Pick<Mark, 'says' | 'isSecret'> | undefined =
    MARKS.find(({ found }) => found.test(value)) ??
    (value.length <= LONGEST && EXAMPLES.some((found) => found.test(value)) ? PLACEHOLDER : undefined);
  if (mark === undefined) return;
  const beginning = mark.isSecret === true ? '' : (/^[\x21-\x7e]*/.exec(value.slice(0, SHOWN))?.[0] ?? '');
  throw new Error(`${beginning === '' ? '' : `("${beginning}…") `}${mark.says}`);
}
