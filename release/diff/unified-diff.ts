/** Lines shown around what changed. */
const CONTEXT = 3;

/** Lines of a difference that a reviewer still reads here rather than in the files. */
const LONGEST = 240;

type Mark = ' ' | '-' | '+';

interface Line {
  readonly mark: Mark;
  readonly text: string;
  /** Lines of the older and of the newer text that stand before this one. */
  readonly before: readonly [older: number, newer: number];
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** The two texts as one list of lines, as many as possible in common. */
function mergedLines(older: readonly string[], newer: readonly string[]): Line[] {
  let start = 0;
  while (start < older.length && start < newer.length && older[start] === newer[start]) start += 1;
  let end = 0;
  while (
    end < older.length - start &&
    end < newer.length - start &&
    older[older.length - 1 - end] === newer[newer.length - 1 - end]
  ) {
    end += 1;
  }
  const [a, b] = [older.slice(start, older.length - end), newer.slice(start, newer.length - end)];
  const marks: Mark[] = [
    ...Array<Mark>(start).fill(' '),
    ...commonSubsequence(a, b),
    ...Array<Mark>(end).fill(' '),
  ];
  let [i, j] = [0, 0];
  return marks.map((mark) => {
    const line: Line = { mark, text: (mark === '+' ? newer[j] : older[i]) ?? '', before: [i, j] };
    if (mark !== '+') i += 1;
    if (mark !== '-') j += 1;
    return line;
  });
}

function commonSubsequence(a: readonly string[], b: readonly string[]): Mark[] {
  const width = b.length + 1;
  // Lengths of the longest common part of what follows each pair of positions.
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const marks: Mark[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      marks.push(' ');
      i += 1;
      j += 1;
    } else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      marks.push('-');
      i += 1;
    } else {
      marks.push('+');
      j += 1;
    }
  }
  return marks;
}

/**
 * How one text became another, as `diff -u` writes it; nothing when they are the same.
 *
 * @param older nothing for a file that is new
 * @param newer nothing for a file that is gone
 */
export function unifiedDiff(path: string, older: string | undefined, newer: string | undefined): string[] {
  if (older === newer) return [];
  const [a, b] = [linesOf(older ?? ''), linesOf(newer ?? '')];
  const lines = mergedLines(a, b);
  const shown = new Set(
    lines.flatMap(({ mark }, at) =>
      mark === ' ' ? [] : Array.from({ length: 2 * CONTEXT + 1 }, (_, i) => Math.max(0, at - CONTEXT + i)),
    ),
  );
  const out = [
    `--- ${older === undefined ? '/dev/null' : `a/${path}`}`,
    `+++ ${newer === undefined ? '/dev/null' : `b/${path}`}`,
  ];
  lines.forEach((line, at) => {
    if (!shown.has(at)) return;
    if (!shown.has(at - 1)) out.push(hunkHeader(lines, at, shown));
    out.push(`${line.mark}${line.text}`);
  });
  if (out.length <= LONGEST) return out;
  return [...out.slice(0, LONGEST), `# … and ${out.length - LONGEST} lines more`];
}

function hunkHeader(lines: readonly Line[], start: number, shown: ReadonlySet<number>): string {
  let end = start;
  while (end < lines.length && shown.has(end)) end += 1;
  const hunk = lines.slice(start, end);
  const range = (side: 0 | 1, other: Mark): string => {
    const count = hunk.filter(({ mark }) => mark !== other).length;
    const before = lines[start]?.before[side] ?? 0;
    return `${count === 0 ? before : before + 1},${count}`;
  };
  return `@@ -${range(0, '+')} +${range(1, '-')} @@`;
}
