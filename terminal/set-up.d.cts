/** Whether this is the package as npm installs it, compiled; a clone runs its sources. */
export const IS_PACKAGE: boolean;
/** The oldest Node.js the project runs on: "20.19.0". */
export const OLDEST_NODE: string;
/** @returns what is wrong with a version of Node.js, or nothing */
export function nodeFault(version: string): string | undefined;
/** @returns what to do, when a fault says that an installed module is not there; nothing when it is about anything else */
export function moduleFault(fault: unknown): string | undefined;
/** The sentence that asks for `npm ci`. @param what completes `"npm ci" …` */
export function npmCi(what: string): string;
/** @returns what is missing for any command, or nothing */
export function setUpFault(): string | undefined;
