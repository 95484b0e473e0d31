/** What `contractor-workspace bench` was asked for. */
import { UsageError } from '../terminal/fault';
import { CASES, type Case } from './cases';

export interface BenchWords {
  readonly case?: readonly string[];
  /** For each contestant in each case. */
  readonly seconds: number;
  /** Calls a second of each; undefined: as many as it answers. */
  readonly rate?: number;
  /** File for the figures. */
  readonly json?: string;
  readonly profile?: boolean;
}

/** @throws UsageError that names the case there is not */
export function casesNamed(names: readonly string[] = []): readonly Case[] {
  const unknown = names.find((name) => !CASES.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `--case: there is no case "${unknown}"; there are ${CASES.map(({ name }) => name).join(', ')}.`,
    );
  return names.length === 0 ? CASES : CASES.filter(({ name }) => names.includes(name));
}
