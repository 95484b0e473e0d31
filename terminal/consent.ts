/** Asks whether something shall be done that is not undone by itself. */
import { createInterface } from 'node:readline/promises';
import { UsageError } from './fault';

export interface ConsentWords {
  readonly yes?: boolean;
}

/**
 * @param question ends with a question mark
 * @returns whether the answer was yes
 * @throws UsageError where nobody can be asked and --yes was not given
 */
export async function consent(question: string, { yes = false }: ConsentWords): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY)
    throw new UsageError(`Nobody can be asked here: ${question} Give --yes when that is what you want.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const over = new AbortController();
  lines.once('close', () => over.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: over.signal });
    return /^\s*y(es)?\s*$/i.test(answer.slice(0, 16));
  } catch (fault) {
    // The end of the input is no yes.
    if (over.signal.aborted) return false;
    throw fault;
  } finally {
    lines.close();
  }
}
