/** Puts a document in the place of the one in force, once somebody has seen what that means. */
import type { AdminClient } from '../../administration/admin-client';
import type { Session } from '../../administration/session';
import { CliError, EXIT } from '../../terminal/fault';
import { consent, type ConsentWords } from '../../terminal/consent';
import type { Change } from '../diff/change';
import { changesBetween, reportOf, type Side } from './difference';
import { nameOf, readInForce, type InForce, type Standing } from './in-force';

export interface ReplaceWords extends ConsentWords {
  readonly note?: string;
  /** Shows what would change, and ends. */
  readonly dryRun?: boolean;
}

/** What comes next, and how the gateway is told. */
export interface Replacement extends Side {
  /** A path of the admin API. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Outcome = Standing & { readonly changed: boolean };

export interface Difference {
  readonly inForce: InForce;
  readonly changes: readonly Change[];
  /** In the words of `diff`. */
  readonly report: string;
}

/** What another document would change. @throws CliError with every fault of it */
export async function differenceTo(client: AdminClient, next: Side): Promise<Difference> {
  const inForce = await readInForce(client);
  const before = { name: nameOf(inForce), document: inForce.document };
  // Every fault is told before anybody is asked.
  await client.post('/document/publish', { document: next.document, dry_run: true });
  const changes = changesBetween(before, next);
  return { inForce, changes, report: reportOf(before, next, changes) };
}

/** @throws CliError when somebody else was quicker */
export const putInForce = (
  client: AdminClient,
  { path, body }: Pick<Replacement, 'path' | 'body'>,
  { sha256 }: Standing,
  note?: string,
): Promise<Outcome> =>
  client.post<Outcome>(path, { ...body, expect: sha256, ...(note === undefined ? {} : { note }) });

export const inForceText = ({ publication, in_force_within: seconds }: Standing): string =>
  `In force as ${publication?.id ?? '-'}: in every process of the gateway within ${seconds} seconds. ` +
  'Back again with: contractor-workspace document take-back';

export async function replace(
  { client, output }: Session,
  next: Replacement,
  { note, dryRun = false, yes }: ReplaceWords,
): Promise<void> {
  const { inForce, changes, report } = await differenceTo(client, next);
  const asJson = (outcome: Partial<Outcome>) => ({ changed: false, ...outcome, changes });
  if (output.format !== 'json') process.stdout.write(report);
  if (changes.length === 0 || dryRun) {
    if (output.format === 'json') await output.result(asJson({}), [], []);
    return;
  }
  if (!(await consent('Shall this hold from now on?', { ...(yes === undefined ? {} : { yes }) })))
    throw new CliError('Nothing was changed.', EXIT.failed);
  const outcome = await putInForce(client, next, inForce, note);
  if (output.format === 'json') return output.result(asJson(outcome), [], []);
  output.say(inForceText(outcome));
}
