/**
 * How long the machine worked for the programs that a bash has started, from what its `times` printed. Unlike the time
 * on a clock it says the same on a machine that is busy with other tests.
 *
 * @returns seconds, in hundredths
 */
export function secondsIn(times: string): number {
  // User and system time of the children are in the second line: 0m0.123s 0m0.045s
  const found = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (found.length !== 2) throw new Error(`no times of bash: ${times}`);
  return found.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
