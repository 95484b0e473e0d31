/** Colours for a terminal, and for nothing else: not in a pipe, not where NO_COLOR is set. */
import { createColors } from 'picocolors';

export type Colours = ReturnType<typeof createColors>;

/** Where it is written to: process.stdout, process.stderr. */
export type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

export const isTerminal = ({ isTTY }: Terminal): boolean => isTTY && process.env.TERM !== 'dumb';

export const coloursFor = (stream: Terminal): Colours =>
  createColors(isTerminal(stream) && !process.env.NO_COLOR);
