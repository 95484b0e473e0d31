/** A row of the trail as people read it: what changed, from what to what. */

import type { AuditEntry } from '../admin/audit-trail';

export interface SaidEntry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** The page of what it was done to. @default there is none */
  readonly href: string | undefined;
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  /** Changes that are left out. */
  readonly left: number;
}

const MOST_CHANGES = 12;
const LONGEST = 120;
const EMPTY = ['false', '{}', '[]'];
const HASH = /^[0-9a-f]{64}$/;

export function describeEntry(entry: AuditEntry): SaidEntry {
  const target = String(entry['target']);
  const before = fieldsOf(entry['before']);
  const after = fieldsOf(entry['after']);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names
    .map((field) => ({ field, before: said(before[field]), after: said(after[field]) }))
    .filter((each) => each.before !== each.after)
    // What begins with nothing says nothing by what it has not.
    .filter((each) => each.before !== '' || !EMPTY.includes(each.after));
  return {
    at: entry.at,
    actor: String(entry['actor']),
    action: String(entry['action']),
    target,
    // bounded: a target is no longer than a name
    href: HASH.test(target) ? `/ui/keys/${target}` : undefined,
    changes: changed.slice(0, MOST_CHANGES),
    left: Math.max(0, changed.length - MOST_CHANGES),
  };
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

function said(value: unknown): string {
  if (value == null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
