/**
 * The known name nearest to a mistyped one, or undefined when none is near enough to be meant.
 *
 * @param mostWrong letters that may be wrong; 2, or a third of a longer name, unless given
 */
export function didYouMean(
  typed: string,
  known: readonly string[],
  mostWrong = Math.max(2, Math.floor(typed.length / 3)),
): string | undefined {
  let best: string | undefined;
  let bestDistance = mostWrong + 1;
  for (const name of known) {
    const distance = editDistance(typed, name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
