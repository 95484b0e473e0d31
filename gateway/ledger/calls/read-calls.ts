/**
 * Calls of the ledger, newest first, a page at a time from a place on. However many there are, a page takes about as long:
 * of one person, of one key or of all, indexes lead to the rows; whatever else is asked for is looked for among so many
 * calls and no more, and the page says how far back that was.
 */
import type { Statements } from '../../store/database';
import { FILTER_RULES, FILTER_WORDS, type CallFilter, type FilterWord } from './call-filter';
import {
  CALL_COLUMNS,
  CALL_ORDER,
  toListedCall,
  type CallPlace,
  type CallRow,
  type ListedCall,
} from './call-row';

/** Calls among which is looked for those that no index leads to. */
export const LOOKED_THROUGH = 20_000;
/** The same of one person or key: such calls lie scattered, so that each of them takes longer to read. */
export const LOOKED_THROUGH_OF_ONE = 5_000;

export interface CallPage {
  readonly calls: readonly ListedCall[];
  /** Where the next page goes on. Undefined: there is nothing behind. */
  readonly next: CallPlace | undefined;
  /** Where the look ended although more lies behind. Undefined: it was not cut short. */
  readonly lookedBackTo: Date | undefined;
  /** Calls that are looked through at most. */
  readonly most: number;
}

/** Words that an index leads to, the narrower first. */
const INDEXED: readonly FilterWord[] = ['accountId', 'person'];
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

class Conditions {
  readonly values: unknown[] = [];
  readonly parts: string[] = [];

  add(value: unknown, type: string): string {
    return `$${this.values.push(value)}::${type}`;
  }

  word(filter: CallFilter, name: FilterWord): void {
    this.parts.push(FILTER_RULES[name].sql(this.add(filter[name], 'text')));
  }

  /** Where the index begins and ends. */
  range({ from, until }: CallFilter, after: CallPlace | undefined): void {
    if (from !== undefined) this.parts.push(`finished_at >= ${this.add(from, 'timestamptz')}`);
    if (until !== undefined) this.parts.push(`finished_at < ${this.add(until, 'timestamptz')}`);
    if (after === undefined) return;
    const at = this.instant(after.micros);
    this.parts.push(
      `finished_at <= ${at} and (finished_at < ${at} or request_id > ${this.add(after.requestId, 'uuid')})`,
    );
  }

  instant(micros: bigint): string {
    return `('epoch'::timestamptz + ${this.add(String(micros), 'bigint')} * interval '1 microsecond')`;
  }

  get where(): string {
    return this.parts.length === 0 ? 'true' : this.parts.join(' and ');
  }
}

/**
 * @param after where the page before ended. @default the newest ones
 * @param asMany calls that are looked through at most. @default as many as take no time to speak of
 */
export async function readCalls(
  statements: Statements,
  filter: CallFilter,
  size: number,
  after?: CallPlace,
  asMany?: number,
): Promise<CallPage> {
  const index = INDEXED.find((name) => filter[name] !== undefined);
  const most = asMany ?? (index === undefined ? LOOKED_THROUGH : LOOKED_THROUGH_OF_ONE);
  const rest = FILTER_WORDS.filter((name) => name !== index && filter[name] !== undefined);
  const floor = rest.length === 0 ? undefined : await floorOf(statements, filter, index, after, most);

  const asked = new Conditions();
  if (index !== undefined) asked.word(filter, index);
  asked.range(filter, after);
  for (const name of rest) asked.word(filter, name);
  if (floor !== undefined) asked.parts.push(`finished_at >= ${asked.instant(floor)}`);
  const rows = await statements.run<CallRow>(
    '',
    `select ${CALL_COLUMNS} from (
       select * from calls where ${asked.where} order by ${CALL_ORDER} limit ${asked.add(size + 1, 'bigint')}
     ) as calls order by ${CALL_ORDER}`,
    asked.values,
  );
  const calls = rows.slice(0, size).map(toListedCall);
  const last = calls.at(-1);
  if (rows.length > size && last) return { calls, next: last.place, lookedBackTo: undefined, most };
  if (floor === undefined) return { calls, next: undefined, lookedBackTo: undefined, most };
  return {
    calls,
    next: { micros: floor - 1n, requestId: FIRST_ID },
    lookedBackTo: new Date(Number(floor / 1000n)),
    most,
  };
}

/** The time of the last call that is looked at, in microseconds. Undefined: all there are. */
async function floorOf(
  statements: Statements,
  filter: CallFilter,
  index: FilterWord | undefined,
  after: CallPlace | undefined,
  most: number,
): Promise<bigint | undefined> {
  const looked = new Conditions();
  if (index !== undefined) looked.word(filter, index);
  looked.range(filter, after);
  const [row] = await statements.run<{ micros: string }>(
    '',
    `select (extract(epoch from finished_at) * 1000000)::bigint as micros from calls where ${looked.where}
     order by finished_at desc offset ${looked.add(most, 'bigint')} limit 1`,
    looked.values,
  );
  return row === undefined ? undefined : BigInt(row.micros);
}

/** The newest, for whoever follows what comes in. */
export async function readNewest(statements: Statements, most: number): Promise<ListedCall[]> {
  const rows = await statements.run<CallRow>(
    '',
    `select ${CALL_COLUMNS} from (select * from calls order by ${CALL_ORDER} limit $1::bigint) as calls
     order by ${CALL_ORDER}`,
    [most],
  );
  return rows.map(toListedCall);
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Characters of an id. */
const ID_LENGTH = 36;

// bounded: `ID_LENGTH`
export const isRequestId = (text: string): boolean => text.length === ID_LENGTH && ID.test(text);

export async function readCall(statements: Statements, requestId: string): Promise<ListedCall | undefined> {
  const [row] = await statements.run<CallRow>(
    '',
    `select ${CALL_COLUMNS} from calls where request_id = $1::uuid`,
    [requestId],
  );
  return row && toListedCall(row);
}
