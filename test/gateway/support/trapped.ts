/** Stuck for ever, with a thread that ends the process by what a signal that is withheld leaves it. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { endProcess } from '../../../gateway/ledger/end-process';

if (isMainThread) {
  const thread = new Worker(__filename, { execArgv: process.execArgv });
  thread.once('message', () => {
    for (;;);
  });
} else {
  parentPort?.postMessage('ready');
  endProcess(() => {});
}
