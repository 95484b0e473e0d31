/** Loads a program and waits until it has nothing left to do, since it may declare its template late. */

import { readTypeScript } from './typescript-hook';

/** Thrown in the place of an end that the program wished for itself. */
class EndedItself extends Error {
  constructor(code: unknown) {
    super(
      `process.exit(${typeof code === 'number' ? code : ''}) ends the program early: leave it out, a program ends by itself`,
    );
  }
}

/**
 * @param isDone whether the program has done what it is for, so that it may end itself
 * @throws whatever the program throws, at once or later
 */
export async function runToItsEnd(file: string, isDone: () => boolean): Promise<void> {
  const exit = process.exit.bind(process);
  let fail: (fault: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // Asked for below; until then nobody waits for it.
  failed.catch(() => {});
  let ended: () => void = () => {};
  const drained = new Promise<void>((resolve) => (ended = resolve));
  process.on('uncaughtException', fail).on('unhandledRejection', fail).once('beforeExit', ended);
  process.exit = (code) => {
    const end = new EndedItself(code);
    fail(end);
    throw end;
  };
  try {
    readTypeScript();
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a user's own file
    require(file);
    await Promise.race([failed, drained]);
  } catch (fault) {
    // What the program left open, a timer or a server, would keep it from ending.
    setImmediate(() => exit());
    if (!(fault instanceof EndedItself && isDone())) throw fault;
  } finally {
    process.exit = exit;
    process.off('uncaughtException', fail).off('unhandledRejection', fail).off('beforeExit', ended);
  }
}
