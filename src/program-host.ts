/** Who runs a program that declares templates: a command, or nobody but Node.js itself. */
import type { TemplateProgramProps } from './write-template';

/** Is told of each template as it is declared; what it throws goes through the program. */
export type ProgramHost = (props: TemplateProgramProps) => void;

let host: ProgramHost | undefined;

export const currentHost = (): ProgramHost | undefined => host;

/** From now on, until the next one or none. */
export function setHost(next: ProgramHost | undefined): void {
  host = next;
}
