/** Content logging of this process: whether it is on for a key, and room for what is said by those it is on for. */
import type { KeyRecord } from '../keys/key-record';
import type { Database } from '../store/database';
import { CallContent } from './call-content';
import { createContentRoom, type ContentRoom } from './content-room';
import { watchContentSwitches, type ContentSwitches } from './content-switches';

/** Bytes that a process holds of it, of all calls together. */
export const MOST_HELD_BYTES = 33_554_432;

export interface ContentLogging {
  /** Whether there is a Langfuse to send it to. */
  readonly isPossible: boolean;
  readonly switches: ContentSwitches;
  readonly room: ContentRoom;
  /** Whether what is said with the key goes to Langfuse. */
  isOnFor(key: KeyRecord): boolean;
  /** For a call that begins; undefined where it is off: nothing is made then. */
  begin(key: KeyRecord): CallContent | undefined;
  close(): void;
}

/** @param pollMs milliseconds between two looks at what is set */
export function startContentLogging(
  database: Database,
  traces: { readonly takesContent: boolean } | undefined,
  pollMs: number,
  now: () => Date,
): ContentLogging {
  const isPossible = traces?.takesContent ?? false;
  const switches = watchContentSwitches({ database, pollMs, now });
  const room = createContentRoom(MOST_HELD_BYTES);
  const daysFor = (key: KeyRecord): number | undefined =>
    isPossible ? switches.keepDaysFor(key) : undefined;
  return {
    isPossible,
    switches,
    room,
    isOnFor: (key) => daysFor(key) !== undefined,
    begin(key) {
      const days = daysFor(key);
      return days === undefined ? undefined : new CallContent(room, days);
    },
    close: () => switches.close(),
  };
}
