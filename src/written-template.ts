/** What a person and a program read about a template that was written. Nothing of the synth is loaded for it. */
import { isAbsolute, relative } from 'node:path';

export interface WrittenTemplate {
  readonly name: string;
  /** Paths as whoever stands in the working folder would type them. */
  readonly folder: string;
  readonly gatewayDocument: string;
}

export const wroteText = ({ name, folder }: WrittenTemplate): string =>
  `wrote ${folder}\npush it: coder templates push ${name} -d ${folder} --variables-file variables.yaml\n`;

/** A path as whoever stands in the working folder would type it. */
export function fromHere(path: string): string {
  const way = relative(process.cwd(), path);
  if (way === '') return '.';
  return way.startsWith('..') || isAbsolute(way) ? path : way;
}
