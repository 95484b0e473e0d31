/**
 * Milliseconds in which further signals are the same wish. A terminal sends Ctrl-C to all of its processes: npm gets it as
 * well as its child, and hands it on to the child, which so hears it twice.
 */
const SAME_WISH_MS = 2_000;

/**
 * Hears SIGTERM and Ctrl-C.
 *
 * @param stop called once, at the first of them
 * @param again called at each that comes so late that it is a wish of its own. @default - ends the process at once, status 1
 * @returns stops listening
 */
export function onStopSignal(
  stop: (signal: NodeJS.Signals) => void,
  again: (signal: NodeJS.Signals) => void = () => process.exit(1),
): () => void {
  let since: number | undefined;
  const heard = (signal: NodeJS.Signals): void => {
    // Of a clock that is never set.
    const now = performance.now();
    if (since === undefined) {
      since = now;
      stop(signal);
    } else if (now - since >= SAME_WISH_MS) again(signal);
  };
  process.on('SIGTERM', heard).on('SIGINT', heard);
  return () => void process.off('SIGTERM', heard).off('SIGINT', heard);
}
