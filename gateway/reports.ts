/** Reports of all kinds: how many of each run at once, each with connections and a time of its own. */
import { GatewayError } from './errors';
import type { ReportReader, ReportStore, ReportStoreOptions } from './store/report-store';
import type { Statements } from './store/database';
import { createTurnsInLine, type TurnLimits } from './concurrency/turns-in-line';

export interface Reports {
  /**
   * An administrator's report.
   *
   * @param caller the name of the admin key
   * @param send what is done with it while the turn lasts, but the store is let go
   */
  read<T>(
    caller: string,
    signal: AbortSignal,
    work: (reader: ReportReader) => Promise<T>,
    send: (result: T) => Promise<void>,
  ): Promise<T>;
  /** What the holder of a key asks about their own spend. @param caller the key */
  readOwn<T>(caller: string, signal: AbortSignal, work: (reader: ReportReader) => Promise<T>): Promise<T>;
  /** What a page of the dashboard shows of sums. @param caller whose session it is */
  readPage<T>(caller: string, signal: AbortSignal, work: (reader: ReportReader) => Promise<T>): Promise<T>;
  /** Looks at the whole ledger, piece by piece: each statement has the time of a report. */
  verify<T>(caller: string, signal: AbortSignal, work: (statements: Statements) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

type Line = Omit<TurnLimits, 'waitMs'>;

/** A dashboard asks for a page's reports all at once; one administrator's run one after the other. */
const READ: Line = { atOnce: 2, atOnceOfOne: 1, waiting: 16, waitingOfOne: 8 };
/** Small, each of one owner; after a morning's start of all workspaces there are many. */
const OWN: Line = { atOnce: 2, atOnceOfOne: 1, waiting: 500, waitingOfOne: 4 };
/** Of sums, so each is short; apart from the others, so that neither pages nor workspaces wait for one another. */
const PAGE: Line = { atOnce: 2, atOnceOfOne: 1, waiting: 32, waitingOfOne: 8 };
const VERIFY: Line = { atOnce: 1, atOnceOfOne: 1, waiting: 0, waitingOfOne: 0 };

export function createReports(
  open: (options: Omit<ReportStoreOptions, 'isLocal'>) => ReportStore,
  limitMs: number,
  isBusy: () => boolean,
): Reports {
  const store = open({ limitMs, most: READ.atOnce + OWN.atOnce + PAGE.atOnce + VERIFY.atOnce, isBusy });
  const line = (limits: Line) => createTurnsInLine({ ...limits, waitMs: limitMs });
  const reading = line(READ);
  const own = line(OWN);
  const page = line(PAGE);
  const verifying = line(VERIFY);
  const tooMany = () => new GatewayError('too_many_reports');
  return {
    read: (caller, signal, work, send) =>
      reading.run(
        caller,
        signal,
        async () => {
          const result = await store.read(signal, work);
          await send(result);
          return result;
        },
        tooMany,
      ),
    readOwn: (caller, signal, work) =>
      own.run(caller, signal, () => store.read(signal, work, { isSmall: true }), tooMany),
    readPage: (caller, signal, work) =>
      page.run(caller, signal, () => store.read(signal, work, { isSmall: true }), tooMany),
    verify: (caller, signal, work) =>
      verifying.run(
        caller,
        signal,
        () =>
          work({ run: (name, text, values) => store.read(signal, (each) => each.run(name, text, values)) }),
        () =>
          new GatewayError('too_many_reports', {
            message:
              'The ledger is being verified already, which is enough at once. Ask again when it is done.',
          }),
      ),
    close: () => store.close(),
  };
}
