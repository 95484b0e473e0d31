/** Changes of a JSON value that keep most of its structure: what a careless or hostile writer gets wrong. */
import fc from 'fast-check';
import { NAMES, VALUES } from './dictionary';

/** What to do, where, and with what; numbers count round, so that each fits every document and shrinks well. */
export interface JsonMutation {
  readonly change: number;
  readonly place: number;
  readonly other: number;
}

const LARGE = 0xffff;
/** Deeper ones come as bytes: this program, too, writes its cases by recursion. */
const DEEPEST = 100;
const MOST_REPEATS = 24;
/** Values in a document that is still changed: repeats of repeats would fill the memory of the test itself. */
const MOST_VALUES = 4_000;

type Container = unknown[] | Record<string, unknown>;

interface Slot {
  readonly parent: Container;
  readonly key: string | number;
}

const pick = <T>(items: readonly T[], number: number): T => items[number % items.length] as T;

/** Many times as fast as `structuredClone`, and what is copied is JSON. */
const copy = (value: unknown): unknown =>
  value !== null && typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value;

const valueOf = ({ parent, key }: Slot): unknown => (parent as Record<string | number, unknown>)[key];

/** As a parser sets it: `__proto__` is a name like any other. */
function set({ parent, key }: Slot, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove({ parent, key }: Slot): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function slotsOf(root: Container): Slot[] {
  const slots: Slot[] = [];
  const walk = (parent: Container): void => {
    for (const name of Object.keys(parent)) {
      const key = Array.isArray(parent) ? Number(name) : name;
      slots.push({ parent, key });
      const value = valueOf({ parent, key });
      if (value !== null && typeof value === 'object') walk(value as Container);
    }
  };
  walk(root);
  return slots;
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { content: value };
  return value;
}

const WRAPS: readonly ((value: unknown) => unknown)[] = [
  (value) => [value],
  (value) => [value, value],
  (value) => ({ type: 'text', text: value }),
  (value) => ({ content: value }),
  (value) => ({ type: 'tool_result', tool_use_id: 'call_1', content: value }),
  (value) => ({ role: 'user', content: value }),
  (value) => JSON.stringify(value),
  // An object may have a `toString` of its own by now.
  (value) => (JSON.stringify(value) ?? '').slice(0, 10_000),
];

const EDITS: readonly ((value: unknown) => unknown)[] = [
  (value) => (typeof value === 'number' ? value + 1 : `${String(value)} `),
  (value) => (typeof value === 'number' ? -value : String(value).toUpperCase()),
  (value) => (typeof value === 'number' ? value + 0.5 : String(value).slice(0, -1)),
  (value) => (typeof value === 'number' ? value * 1e9 : `${String(value)}\ud83d`),
  (value) => (typeof value === 'number' ? String(value) : `\u0000${String(value)}`),
  (value) => (typeof value === 'number' ? value > 0 : String(value).repeat(3).slice(0, 30_000)),
];

const CHANGES: readonly ((slot: Slot, other: number, slots: readonly Slot[]) => void)[] = [
  (slot, other) => set(slot, copy(pick(VALUES, other))),
  (slot) => remove(slot),
  (slot, other, slots) => set(slot, copy(valueOf(pick(slots, other)))),
  (slot, other, slots) => {
    const second = pick(slots, other);
    const value = copy(valueOf(slot));
    set(slot, copy(valueOf(second)));
    set(second, value);
  },
  (slot, other) => {
    if (Array.isArray(slot.parent)) return void slot.parent.splice(Number(slot.key), 0, copy(valueOf(slot)));
    set({ parent: slot.parent, key: pick(NAMES, other) }, copy(valueOf(slot)));
  },
  (slot, other) => {
    if (Array.isArray(slot.parent)) return void slot.parent.reverse();
    const value = valueOf(slot);
    remove(slot);
    set({ parent: slot.parent, key: pick(NAMES, other) }, value);
  },
  (slot, other) => {
    const name = pick(NAMES, other);
    const value = copy(pick(VALUES, Math.floor(other / NAMES.length)));
    if (Array.isArray(slot.parent)) slot.parent.push(value);
    else set({ parent: slot.parent, key: name }, value);
  },
  (slot, other) => {
    const value = valueOf(slot);
    const repeats = Array.from({ length: other % MOST_REPEATS }, () => copy(value));
    if (Array.isArray(slot.parent)) slot.parent.splice(Number(slot.key), 0, ...repeats);
    else set(slot, repeats);
  },
  (slot, other) => set(slot, pick(WRAPS, other)(copy(valueOf(slot)))),
  (slot, other) => {
    const value = valueOf(slot);
    if (value === null || typeof value !== 'object') set(slot, pick(EDITS, other)(value));
    else if (Array.isArray(value)) value.length = other % (value.length + 1);
    else set(slot, nested(other % DEEPEST));
  },
];

export const jsonMutation: fc.Arbitrary<JsonMutation> = fc.record(
  { change: fc.nat(CHANGES.length - 1), place: fc.nat(LARGE), other: fc.nat(LARGE) },
  { noNullPrototype: true },
);

/** Changes a value that nobody else holds; the result is JSON again. */
export function mutateJson(root: Container, mutations: readonly JsonMutation[]): void {
  for (const { change, place, other } of mutations) {
    const slots = slotsOf(root);
    if (slots.length === 0 || slots.length > MOST_VALUES) return;
    pick(CHANGES, change)(pick(slots, place), other, slots);
  }
}
