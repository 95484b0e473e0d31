/** Keys that did not exist before: shown once, so nothing but their being shown is success. */
import { CliError, UsageError } from '../terminal/fault';
import { localTime } from '../terminal/figures';
import type { Column, FormatWords, Output } from '../terminal/output';
import { findKey } from './found-key';
import { SHOWN_KEY_COLUMNS, type ShownKey } from './key-row';
import { begin } from './session';
import { termFields, type TermWords } from './terms';

export interface QuietWords extends FormatWords {
  readonly quiet?: boolean;
}

export interface CreateWords extends TermWords, QuietWords {
  readonly owner?: string;
}

function purposeOf(kind: string, name: string, owner: string | undefined): Record<string, string> {
  if (owner !== undefined && kind !== 'workspace')
    throw new UsageError('--owner belongs to a workspace key; all others know whose they are.');
  switch (kind) {
    case 'user':
      return { scope: 'user', user_id: name };
    case 'workspace':
      if (owner === undefined) throw new UsageError('A workspace key needs --owner <user>.');
      return { scope: `workspace:${name}`, user_id: owner };
    default:
      return { scope: `${kind}:${name}` };
  }
}

export async function create(kind: string, name: string, words: CreateWords): Promise<void> {
  const purpose = purposeOf(kind, name, words.owner);
  const { client, output } = begin(words, [kind, name], {
    user_id: kind === 'workspace' ? '--owner' : '<name>',
    scope: 'What the key is for',
  });
  const shown = await client.post<ShownKey>('/key/generate', { ...purpose, ...termFields(words) });
  await show(output, words, shown, `keys rotate ${shown.token.slice(0, 12)}`, 'The key is shown this once:');
}

export interface RotateWords extends QuietWords {
  readonly grace?: string;
}

export async function rotate(word: string, words: RotateWords): Promise<void> {
  const { client, output } = begin(words, [word]);
  const { token } = await findKey(client, word);
  const { grace } = words;
  const shown = await client.post<ShownKey>('/key/regenerate', {
    key: token,
    ...(grace === undefined ? {} : { grace_period: grace }),
  });
  const former =
    grace === undefined
      ? 'The former key is dead.'
      : `The former key works for ${grace} more. The new one works until ${shown.expires === null ? 'it is revoked' : localTime(shown.expires)}.`;
  const again = `keys rotate ${shown.token.slice(0, 12)}`;
  await show(output, words, shown, again, `${former} The new one is shown this once:`);
}

function show(
  output: Output,
  words: QuietWords,
  shown: ShownKey,
  again: string,
  says: string,
): Promise<void> {
  return showNew(output, words, shown, SHOWN_KEY_COLUMNS, says, again);
}

/** @param again the command that gives another key when this one is lost */
export async function showNew<Row extends { readonly key: string }>(
  output: Output,
  { quiet = false }: QuietWords,
  shown: Row,
  columns: readonly Column<Row>[],
  says: string,
  again: string,
): Promise<void> {
  try {
    if (quiet) return await output.line(shown.key);
    output.say(says);
    await output.result(shown, columns, [shown]);
  } catch (fault) {
    if (!(fault instanceof CliError)) throw fault;
    throw new CliError(
      `The output cannot be written, so the new key was not shown: "${again}" gives another one.`,
    );
  }
}
