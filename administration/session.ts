/** What every command of administration begins with: the listener, and where its answer goes. */
import { UsageError } from '../terminal/fault';
import { outputOf, type FormatWords, type Output } from '../terminal/output';
import { connect, type AdminClient } from './admin-client';
import type { OwnFlags } from './typed-words';

export interface Session {
  readonly client: AdminClient;
  readonly output: Output;
}

/**
 * @param typed arguments and option values
 * @throws UsageError when one of them is a key: what stands in a command line is seen by everybody on the machine
 */
export function begin(words: FormatWords, typed: readonly unknown[] = [], flags: OwnFlags = {}): Session {
  if ([...typed, ...(Object.values(words) as unknown[])].some(isKey))
    throw new UsageError('Name a key by its alias or its hash: what stands here is seen by others.');
  return { client: connect(process.env, flags), output: outputOf(words) };
}

const isKey = (value: unknown): boolean => typeof value === 'string' && /^sk-[A-Za-z0-9_-]{20,}$/.test(value);
