/** Work that Ctrl-C or SIGTERM ends before it is done. */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { CliError } from './fault';
import { onStopSignal } from './stop-signals';

/** Somebody stopped it: no fault of anything. The exit code is the shell's, 130 for Ctrl-C and 143 for SIGTERM. */
export class Stopped extends CliError {
  constructor(signal: NodeJS.Signals) {
    super('Stopped.', 128 + constants.signals[signal]);
  }
}

/**
 * Runs work that hears of Ctrl-C and SIGTERM, and is waited for: it ends what it has started.
 *
 * @throws Stopped when it was stopped, however the work ended
 */
export async function untilStopped<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Every program and question under way listens, however many there are.
  setMaxListeners(0, controller.signal);
  const quit = onStopSignal((signal) => controller.abort(new Stopped(signal)));
  try {
    return await work(controller.signal);
  } finally {
    quit();
    // What came of it is of no interest to who stopped it.
    controller.signal.throwIfAborted();
  }
}
