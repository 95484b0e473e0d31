/** Colours for a terminal, and for nothing else. */
import { createColors } from 'picocolors';

interface Stream {
  readonly isTTY?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** NO_COLOR and FORCE_COLOR as no-color.org and force-color.org have them: any value that is not empty counts. */
export function mayColour(stream: Stream, environment: Environment = process.env): boolean {
  const { NO_COLOR: never = '', FORCE_COLOR: always = '', TERM: terminal } = environment;
  if (never !== '') return false;
  if (always !== '') return always !== '0';
  return stream.isTTY === true && terminal !== 'dumb';
}

export const coloursOf = (stream: Stream): ReturnType<typeof createColors> => createColors(mayColour(stream));
