/**
 * The conversation that a call belongs to, by the ids that clients send of their own accord. They are the clients' words:
 * good for sums and for finding things, and nothing is allowed or refused by them.
 */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { namesPerson } from './user-id';

export interface Session {
  /** Of the conversation that a person began, as far as its client says so. At most 64 plain characters. */
  readonly id: string;
  /** Of the helper within it that makes the call. */
  readonly agent: string | undefined;
}

interface Habit {
  /** Headers of the conversation; the first that is there counts. */
  readonly session: readonly string[];
  readonly agent: readonly string[];
}

/** The first two programs' as read in them: Claude Code 2.1, OpenCode 1.18. */
const HABITS: readonly Habit[] = [
  // Its helpers keep the conversation's id and name themselves beside it.
  { session: ['x-claude-code-session-id'], agent: ['x-claude-code-agent-id'] },
  // Its helpers are conversations of their own that name the one above them.
  { session: ['x-parent-session-id'], agent: ['x-session-affinity', 'x-session-id'] },
  { session: ['x-session-affinity', 'x-session-id'], agent: [] },
  // Roo Code names its task to its own service only; whoever has it send one by its settings uses the same header.
  { session: ['x-roo-task-id'], agent: [] },
  { session: ['x-litellm-session-id'], agent: [] },
];

/** @param user of the request: Claude Code of before 2.1 says its conversation there only */
export function sessionOf(headers: IncomingHttpHeaders, user: string | undefined): Session | undefined {
  for (const habit of HABITS) {
    const id = firstOf(headers, habit.session);
    if (id !== undefined) return { id, agent: firstOf(headers, habit.agent) };
  }
  const id = user === undefined ? undefined : plainId(sessionIn(user));
  return id === undefined ? undefined : { id, agent: undefined };
}

function firstOf(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const id = plainId(headers[name]);
    if (id !== undefined) return id;
  }
  return undefined;
}

const LONGEST_USER = 1_024;
const AS_TEXT = /^user_[0-9a-f]{1,128}_account_[0-9a-f-]{0,64}_session_([0-9a-f-]{8,64})$/i;

/** The part of `metadata.user_id` that names the conversation: its end, or a member of the JSON that it is. */
function sessionIn(user: string): string | undefined {
  if (user.length > LONGEST_USER) return undefined;
  // bounded: `LONGEST_USER`
  if (!user.startsWith('{')) return AS_TEXT.exec(user)?.[1];
  try {
    const { session_id: id } = JSON.parse(user) as { readonly session_id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

const LONGEST_READ = 1_024;
/** With a digit: what has none may be somebody's name. */
const PLAIN = /^(?=[A-Za-z_.:-]*\d)[A-Za-z0-9][\w.:-]{7,63}$/;
const HASH_LENGTH = 32;

/** An id as it is; of anything else a hash, so that no words and no names get into the ledger by this way. */
function plainId(value: string | readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const read = value.slice(0, LONGEST_READ);
  // bounded: `LONGEST_READ`
  if (PLAIN.test(read) && !namesPerson(read)) return read;
  return `hash_${createHash('sha256').update(read).digest('hex').slice(0, HASH_LENGTH)}`;
}
