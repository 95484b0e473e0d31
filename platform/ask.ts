/** Asks the person at the terminal. What they type for a secret is not shown. */
import { CliError } from '../terminal/fault';

const LONGEST = 16 * 1024;

export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * @param question ends with a blank
 * @throws CliError at the end of input; whatever `stop` says at Ctrl-C
 */
export function askInSecret(question: string, stop: AbortSignal): Promise<string> {
  return ask(question, stop, true);
}

export function askAloud(question: string, stop: AbortSignal): Promise<string> {
  return ask(question, stop, false);
}

function ask(question: string, stop: AbortSignal, isSecret: boolean): Promise<string> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    stop.throwIfAborted();
    let typed = '';
    const wasRaw = stdin.isRaw;
    const end = (): void => {
      stdin.off('data', heard).off('end', closed).pause();
      stop.removeEventListener('abort', stopped);
      if (isSecret) stdin.setRawMode(wasRaw);
      if (isSecret) stderr.write('\n');
    };
    const stopped = (): void => {
      end();
      reject(stop.reason as Error);
    };
    const closed = (): void => {
      end();
      reject(new CliError('The input ended before there was an answer.'));
    };
    const heard = (chunk: Buffer): void => {
      for (const sign of chunk.toString('utf8')) {
        if (sign === '\r' || sign === '\n') {
          end();
          return resolve(typed.trim());
        }
        // In raw mode the terminal makes no signal of it.
        if (sign === '\u0003') return void process.kill(process.pid, 'SIGINT');
        if (sign === '\u0004') return closed();
        if (sign === '\u007f' || sign === '\b') typed = typed.slice(0, -1);
        else if (typed.length < LONGEST && sign >= ' ') typed += sign;
      }
    };
    stderr.write(question);
    if (isSecret) stdin.setRawMode(true);
    stop.addEventListener('abort', stopped);
    stdin.on('data', heard).once('end', closed).resume();
  });
}
