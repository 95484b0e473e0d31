/** Where in the change a finding's comment belongs. */
import type { DiffLine, FileChange } from '../checkout/file-change';
import type { Finding } from '../findings/finding';
import type { Anchor } from './forge';

type Place = Pick<Finding, 'path' | 'startLine' | 'endLine'>;

/** @returns undefined: no line of it is in the diff, as platforms show it */
export function anchorOf(finding: Place, changes: readonly FileChange[]): Anchor | undefined {
  const change = changes.find(({ path }) => path === finding.path);
  for (const { lines } of change?.hunks ?? []) {
    const own = lines.filter(
      ({ after }) => after !== undefined && after >= finding.startLine && after <= finding.endLine,
    );
    const last = own.at(-1);
    const line = own.findLast(({ sign }) => sign === '+') ?? last;
    if (change === undefined || line === undefined || last === undefined) continue;
    return {
      path: change.path,
      oldPath: change.from ?? change.path,
      startLine: numberOf(own[0] ?? line),
      endLine: numberOf(last),
      line: numberOf(line),
      ...(line.before === undefined ? {} : { oldLine: line.before }),
    };
  }
  return undefined;
}

const numberOf = ({ after = 0 }: DiffLine): number => after;
