/** What is said of something that was thrown: its message, or what to do where the set-up is at fault. */
import { fileFault } from './file-fault';
import { moduleFault } from './set-up.cjs';

export const messageOf = (fault: unknown): string =>
  moduleFault(fault) ?? fileFault(fault) ?? (fault instanceof Error ? fault.message : String(fault));
