/** What was chosen for a file is its first line, so that it can be written anew and checked without being told again. */
import type { RecipeOptions } from './options';

const START = '# contractor-workspace-review-recipe: ';
/** UTF-16 units of the line. */
const LONGEST = 2_000;

export const choicesLine = (options: RecipeOptions): string =>
  START.slice('# '.length) + JSON.stringify(options);

/** @returns undefined: the file is none of ours */
export function choicesIn(text: string): Partial<RecipeOptions> | undefined {
  const line = text.slice(0, LONGEST).split('\n', 1)[0]?.trimEnd() ?? '';
  if (!line.startsWith(START)) return undefined;
  let said: unknown;
  try {
    said = JSON.parse(line.slice(START.length));
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null) return undefined;
  const { image, runner, failOn, maxCost, codeScanning } = said as Record<string, unknown>;
  return {
    ...(typeof image === 'string' ? { image } : {}),
    ...(typeof runner === 'string' ? { runner } : {}),
    ...(typeof failOn === 'string' ? { failOn: failOn as RecipeOptions['failOn'] & string } : {}),
    ...(typeof maxCost === 'number' && maxCost > 0 ? { maxCost } : {}),
    ...(typeof codeScanning === 'boolean' ? { codeScanning } : {}),
  };
}
