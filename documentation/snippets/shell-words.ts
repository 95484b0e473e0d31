/** The commands of a block of shell: their words without quotes, comments and where output goes. */

export interface ShellCommand {
  /** Counted from the block's first line, which is 0. */
  readonly line: number;
  readonly words: readonly string[];
  /** `NAME=value` before the command, or alone. */
  readonly assignments: readonly string[];
}

const ENDS = /^(&&|\|\||[;|&\n])/;
const REDIRECTION = /^\d?(>>|>|<)(&\d)?/;
const HERE_TEXT = /^<<-?\s*(['"]?)(\w+)\1/;

/** Enough of the shell's grammar for what the docs show; bash itself has looked at it before. */
export function shellCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let assignments: string[] = [];
  let word: string | undefined;
  let at = 0;
  let line = 0;
  let skipsNext = false;
  const endWord = (): void => {
    if (word === undefined) return;
    if (skipsNext) skipsNext = false;
    else if (words.length === 0 && /^[A-Za-z_]\w*=/.test(word)) assignments.push(word);
    else words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length + assignments.length > 0) commands.push({ line, words, assignments });
    [words, assignments] = [[], []];
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const hereText = HERE_TEXT.exec(rest);
    const redirection = REDIRECTION.exec(rest);
    const end = ENDS.exec(rest);
    const [first = ''] = rest;
    if (rest.startsWith('\\\n')) at += 2;
    else if (first === '#' && word === undefined) at += Math.max(0, `${rest}\n`.indexOf('\n'));
    else if (hereText) {
      const [opening, , delimiter = ''] = hereText;
      const body = rest.indexOf(`\n${delimiter}`, opening.length);
      const lineEnd = rest.indexOf('\n');
      // What stands behind the mark on its line is dropped: no page has more than where it goes.
      at += body < 0 || lineEnd < 0 ? rest.length : body + delimiter.length + 1;
    } else if (redirection && (word === undefined || !/^\d/.test(rest))) {
      endWord();
      skipsNext = redirection[2] === undefined;
      at += redirection[0].length;
    } else if (end) {
      endCommand();
      at += end[0].length;
    } else if (first === ' ' || first === '\t') {
      endWord();
      at += 1;
    } else {
      const piece = pieceAt(rest);
      word = (word ?? '') + piece.text;
      at += piece.length;
    }
    line = text.slice(0, at).split('\n').length - 1;
  }
  endCommand();
  return commands;
}

function pieceAt(rest: string): { readonly text: string; readonly length: number } {
  const quoted = /^'([^']*)'/.exec(rest) ?? /^"((?:[^"\\]|\\[^])*)"/.exec(rest);
  if (quoted) return { text: quoted[1] ?? '', length: quoted[0].length };
  const inner = /^\$\([^()]*(?:\([^()]*\)[^()]*)*\)/.exec(rest) ?? /^\$\{[^}]*\}/.exec(rest);
  if (inner) return { text: inner[0], length: inner[0].length };
  if (rest.startsWith('\\')) return { text: rest.slice(1, 2), length: 2 };
  return { text: rest.slice(0, 1), length: 1 };
}
