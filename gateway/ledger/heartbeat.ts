/**
 * Keeps up the process's heartbeat from a thread of its own, with a connection of its own: the main loop may be busy, the
 * pool may be full. The thread vouches for the main loop only as long as that turns; see `heartbeat-thread.ts`.
 */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describeFault, type LogFields, type Logger } from '../log';
import type { StoreConnection } from '../store/pool';
import { createPulse } from './pulse';

export interface HeartbeatLimits {
  /** Milliseconds between two heartbeats. */
  readonly heartbeatMs: number;
  /** Milliseconds without a heartbeat after which a process counts as dead. */
  readonly deadAfterMs: number;
  /** Milliseconds without a turn of the main loop after which the process is ended. */
  readonly loopStallMs: number;
}

export interface HeartbeatOptions extends HeartbeatLimits {
  /** Of the store; what of it is secret goes to the thread by memory alone. */
  readonly connection: StoreConnection;
}

export interface Heartbeat {
  /** Beats for the process of that id from now on. */
  beatFor(id: string): void;
  /** Whether it has been beating, without a gap, for as long as it gives others. */
  isSteady(): boolean;
  /** When the store took the last beat: milliseconds since 1970; 0: never. */
  lastBeat(): number;
  close(): Promise<void>;
}

/** What the thread is started with. */
export interface HeartbeatTask {
  readonly connection: StoreConnection;
  readonly memory: SharedArrayBuffer;
  readonly heartbeatMs: number;
  readonly loopStallMs: number;
  readonly longestGapMs: number;
  readonly id: string | undefined;
}

/** What the thread is told. */
export type ThreadWord = { readonly kind: 'id'; readonly id: string } | { readonly kind: 'stop' };

/** What the thread says. */
export type ThreadReport =
  | { readonly kind: 'dead'; readonly id: string }
  | { readonly kind: 'log'; readonly level: keyof Logger; readonly msg: string; readonly fields: LogFields };

const TURN_MS = 250;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Milliseconds a thread lives for its end to be no sequel of the one before. */
const LONG_LIFE_MS = 60_000;
/** Milliseconds a thread is given to close its connection. */
const STOP_LIMIT_MS = 2_000;
/** Mebibytes; what it holds is one connection. */
const MEMORY = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

/** The thread's program: beside this one, as source or as a bundle's second entry. A thread inherits no way to read TypeScript. */
const SUFFIX = extname(__filename);
const PROGRAM = join(__dirname, `heartbeat-thread${SUFFIX}`);
const EXEC_ARGV =
  SUFFIX === '.ts' ? ['--require', join(__dirname, '../../scripts/register-typescript.cjs')] : [];

/** @param onDead told that the process was declared dead under that id */
export function startHeartbeat(
  options: HeartbeatOptions,
  logger: Logger,
  onDead: (id: string) => void,
): Heartbeat {
  const { connection, heartbeatMs, deadAfterMs, loopStallMs } = options;
  // Half of it is left for how old another's last beat may have been when the gap began.
  const longestGapMs = deadAfterMs / 2;
  const pulse = createPulse();
  let id: string | undefined;
  let isClosing = false;
  let pauseMs = FIRST_PAUSE_MS;
  let thread: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;

  const turning = setInterval(() => pulse.turn(), TURN_MS).unref();

  function start(): void {
    const task: HeartbeatTask = {
      connection,
      memory: pulse.memory,
      heartbeatMs,
      loopStallMs,
      longestGapMs,
      id,
    };
    const began = performance.now();
    let fault: unknown;
    try {
      thread = new Worker(PROGRAM, { execArgv: EXEC_ARGV, workerData: task, resourceLimits: MEMORY });
    } catch (reason) {
      // No thread to be had just now.
      return startAgain(reason, 0);
    }
    thread.unref();
    thread.on('message', (said: ThreadReport) => {
      if (said.kind === 'log') logger[said.level](said.msg, said.fields);
      else if (!isClosing && said.id === id) onDead(said.id);
    });
    thread.on('error', (reason) => (fault = reason));
    thread.once('exit', () => startAgain(fault, performance.now() - began));
  }

  function startAgain(fault: unknown, livedMs: number): void {
    thread = undefined;
    pulse.missed();
    if (isClosing) return;
    if (livedMs >= LONG_LIFE_MS) pauseMs = FIRST_PAUSE_MS;
    logger.error('the thread of the heartbeat ended and is started again', {
      pause_ms: pauseMs,
      ...(fault === undefined ? {} : describeFault(fault)),
    });
    restart = setTimeout(start, pauseMs).unref();
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  const tell = (word: ThreadWord): void => thread?.postMessage(word);
  start();

  return {
    beatFor(process) {
      id = process;
      tell({ kind: 'id', id });
    },
    lastBeat: () => pulse.lastBeat(),
    isSteady: () => pulse.isSteady(Date.now(), deadAfterMs, longestGapMs),
    async close() {
      isClosing = true;
      clearInterval(turning);
      clearTimeout(restart);
      const stopped = thread;
      if (stopped === undefined) return;
      stopped.ref();
      const limit = setTimeout(() => void stopped.terminate(), STOP_LIMIT_MS);
      const ended = new Promise<void>((done) => void stopped.once('exit', () => done()));
      tell({ kind: 'stop' });
      await ended;
      clearTimeout(limit);
    },
  };
}
