/** What would be sent, and what it would cost at most: nothing is asked of a model. */
import { money } from '../terminal/figures';
import { escapeObeyed } from '../terminal/terminal-text';
import { bodyOf, mostForQuestion } from './asking/ask';
import { mostOf } from './gateway/cost';
import type { Models, Questions } from './questions';
import type { Prepared } from './prepare';
import { forLine } from './output/escape';
import { leftOutByReason, several } from './output/summary';

/** Bytes and tokens of the largest second look at one question's findings. */
const SECOND_LOOKS = 3;
const SECOND_LOOK_BYTES = 120_000;
const SECOND_LOOK_TOKENS = 6_000;

export interface Plan {
  readonly questions: readonly Readonly<Record<string, unknown>>[];
  /** US dollars. @default - the gateway says no price */
  readonly most: number | undefined;
}

/** @param models without a price where no gateway was asked */
export function planOf({ asked }: Questions, models: Models): Plan {
  const look = mostOf(SECOND_LOOK_BYTES, SECOND_LOOK_TOKENS, models.refute);
  const costs = asked.map(({ question }) => mostForQuestion(question));
  const most =
    look === undefined || costs.includes(undefined)
      ? undefined
      : costs.reduce<number>((sum, cost) => sum + (cost ?? 0) + 2 * SECOND_LOOKS * look, 0);
  return { questions: asked.map(({ question }) => bodyOf(question)), most };
}

export function planText(
  prepared: Prepared,
  questions: Questions,
  { most, questions: bodies }: Plan,
): string {
  const leftOut = [...prepared.leftOut, ...questions.leftOut];
  const cost = most === undefined ? 'no price is known' : `at most ${money(most)}`;
  const sent = bodies.flatMap((body, at) => {
    const messages = body['messages'] as readonly { role: string; content: string }[];
    return [
      `--- question ${at + 1} of ${bodies.length}, to ${forLine(String(body['model']))}`,
      ...messages.flatMap(({ role, content }) => [`[${role}]`, ...content.split('\n').map(plain), '']),
    ];
  });
  return [
    ...sent,
    `${several(bodies.length, 'question')} about ${several(prepared.material.files.length, 'file')}, ${several(questions.remembered.length, 'hunk')} known from an earlier run: ${cost}.`,
    ...leftOutByReason({ leftOut }).map(
      ({ why, paths }) => `Left out, ${why}: ${paths.map(forLine).join(', ')}.`,
    ),
    'Nothing was sent.',
    '',
  ].join('\n');
}

/** Spaces count here. */
const plain = (line: string): string => escapeObeyed(line.replace(/\t/g, '    '));

export const planJson = (
  prepared: Prepared,
  questions: Questions,
  { most, questions: bodies }: Plan,
): string =>
  `${escapeObeyed(
    JSON.stringify(
      {
        dry_run: true,
        max_cost_usd: most ?? null,
        files: prepared.material.files.map(({ path }) => path),
        remembered_hunks: questions.remembered.length,
        left_out: [...prepared.leftOut, ...questions.leftOut],
        masked_secrets: Object.fromEntries(prepared.masked),
        requests: bodies,
      },
      null,
      2,
    ),
  )}\n`;
