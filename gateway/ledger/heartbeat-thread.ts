/**
 * The thread that beats for the process while its main loop is busy, and ends the process once it is busy for good.
 *
 * A program of its own: `heartbeat.ts` starts it, and a bundle needs it as a second entry.
 */
import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createLogger, describeFault, type Logger } from '../log';
import { openDatabase } from '../store/database';
import { endProcess } from './end-process';
import type { HeartbeatTask, ThreadReport, ThreadWord } from './heartbeat';
import { createPulse } from './pulse';
import { BEAT, LEAVE } from './statements';

/** The main loop is looked at so often within the time that it may stand still. */
const LOOKS = 30;
/** Milliseconds that signing off and the last line may take each: the store or the log may be what hangs. */
const LAST_WORDS_MS = 3_000;

const port = parentPort;
if (port === null) throw new Error('heartbeat-thread is started by heartbeat.ts, as a thread');
const task = workerData as HeartbeatTask;
const pulse = createPulse(task.memory);

const report = (said: ThreadReport): void => port.postMessage(said);
const sayBy =
  (level: keyof Logger): Logger[typeof level] =>
  (msg, fields = {}) =>
    report({ kind: 'log', level, msg, fields });
/** Lines go where the main loop's go. */
const logger: Logger = {
  debug: sayBy('debug'),
  info: sayBy('info'),
  warn: sayBy('warn'),
  error: sayBy('error'),
};
const database = openDatabase({ ...task.connection, max: 1 }, logger);

let id = task.id;
let isSilent = false;
let next: NodeJS.Timeout | undefined;
let beating: Promise<void> | undefined;

async function beat(beatenFor: string): Promise<void> {
  try {
    const rows = await database.run('process-beat', BEAT, [beatenFor]);
    if (rows.length > 0) pulse.beaten(Date.now(), task.longestGapMs);
    else {
      pulse.missed();
      report({ kind: 'dead', id: beatenFor });
    }
  } catch (fault) {
    pulse.missed();
    logger.warn('heartbeat missed', { ...describeFault(fault), stack: undefined });
  }
}

function beatOn(): void {
  clearTimeout(next);
  if (isSilent || id === undefined || beating !== undefined) return;
  beating = beat(id).then(() => {
    beating = undefined;
    if (!isSilent) next = setTimeout(beatOn, task.heartbeatMs);
  });
}

/** Looks are counted, not time: whatever halts the whole process, the main loop gets its turn before the next ones. */
let [seen, stillFor] = [pulse.turns(), 0];
const looks = setInterval(() => {
  const turns = pulse.turns();
  stillFor = turns === seen ? stillFor + 1 : 0;
  seen = turns;
  if (stillFor === LOOKS) void giveUp();
}, task.loopStallMs / LOOKS);

function beSilent(): void {
  isSilent = true;
  clearTimeout(next);
  clearInterval(looks);
}

async function giveUp(): Promise<void> {
  beSilent();
  const leaving = id === undefined ? undefined : database.run('process-leave', LEAVE, [id]).catch(() => {});
  await Promise.race([leaving, delay(LAST_WORDS_MS)]);
  await Promise.race([sayLastWords(), delay(LAST_WORDS_MS)]);
  endProcess();
}

/** Past the main loop, which standard output of a thread goes through. */
function sayLastWords(): Promise<void> {
  return new Promise((done) => {
    createLogger('error', (line) => write(2, line, () => done())).error(
      'the event loop stood still: this process ends itself',
      { process: id, stood_still_ms: task.loopStallMs },
    );
  });
}

async function stop(): Promise<void> {
  beSilent();
  await beating;
  await database.close();
  port?.close();
}

port.on('message', (word: ThreadWord) => {
  if (word.kind === 'stop') return void stop();
  id = word.id;
  beatOn();
});
beatOn();
