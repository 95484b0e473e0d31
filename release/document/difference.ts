/** What one document in the place of another would change, in the words of `diff`. */
import { comparePolicies } from '../diff/policy/compare-policies';
import { inOrder, type Change } from '../diff/change';
import { writeReport } from '../diff/report';

export interface Side {
  /** As the report names it. */
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
}

export const changesBetween = (from: Side, to: Side): Change[] =>
  inOrder(
    comparePolicies(
      { origin: from.name, text: JSON.stringify(from.document) },
      { origin: to.name, text: JSON.stringify(to.document) },
    ),
  );

export const reportOf = (from: Side, to: Side, changes: readonly Change[]): string =>
  writeReport(
    [{ template: "the gateway's document", from: from.name, to: to.name, changes: [...changes] }],
    'text',
  );
