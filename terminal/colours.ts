/** Colours for a terminal, and for nothing else: not in a pipe, not where NO_COLOR is set. */
import { createColors } from 'picocolors';

export type Colours = ReturnType<typeof createColors>;

/** Where it is written to: process.stdout, process.stderr. */
export type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

type Environment = Readonly<Record<string, string | undefined>>;

export const isTerminal = (
  { isTTY }: Pick<Terminal, 'isTTY'>,
  { TERM }: Environment = process.env,
): boolean => isTTY === true && TERM !== 'dumb';

/** NO_COLOR and FORCE_COLOR as no-color.org and force-color.org have them: any value that is not empty counts. */
export function mayColour(
  stream: { readonly isTTY?: boolean },
  environment: Environment = process.env,
): boolean {
  const { NO_COLOR: never = '', FORCE_COLOR: always = '' } = environment;
  if (never !== '') return false;
  if (always !== '') return always !== '0';
  return isTerminal({ isTTY: stream.isTTY === true }, environment);
}

export const coloursFor = (stream: { readonly isTTY?: boolean }): Colours => createColors(mayColour(stream));
