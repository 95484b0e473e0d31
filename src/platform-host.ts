/** Who runs a program that declares a platform: `contractor-workspace up`, or nobody but Node.js itself. */
import type { PlatformProgramProps } from './write-platform';

/** Is told of each platform as it is declared; what it throws goes through the program. */
export type PlatformHost = (props: PlatformProgramProps) => void;

let host: PlatformHost | undefined;

export const currentPlatformHost = (): PlatformHost | undefined => host;

/** From now on, until the next one or none. */
export function setPlatformHost(next: PlatformHost | undefined): void {
  host = next;
}
