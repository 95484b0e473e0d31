/** The command: reviews each case as `review` would, and says how many defects were found, at what price. */
import { writeFileSync } from 'node:fs';
import { CliError, EXIT } from '../../terminal/fault';
import { fileFault } from '../../terminal/file-fault';
import { counting } from '../../terminal/progress';
import { untilStopped } from '../../terminal/stopped';
import { escapeObeyed } from '../../terminal/terminal-text';
import { NO_CACHE } from '../cache';
import { connect, type Client } from '../gateway/client';
import { findPlace, type Place } from '../gateway/place';
import { modelsFor, review } from '../run';
import { readCases, type Case } from './cases';
import { figuresOf, type Answerer, type Figures } from './figures';
import { RECORDED_FOLDER, RECORDED_NOTE, recordedAnswers, type Answering } from './recorded';
import { score, type Outcome } from './score';
import { figuresText } from './shown';
import { inThrowAway, RANGE } from './throw-away';

export interface EvaluationWords {
  /** Names at the gateway. */
  readonly model?: string;
  readonly smallModel?: string;
  readonly cases?: string;
  /** true: our own folder. */
  readonly recorded?: string | true;
  /** US dollars, of all cases together. */
  readonly maxCost?: number;
  readonly json?: boolean;
  /** Where the figures go. */
  readonly output?: string;
}

export interface PlayedGateway {
  readonly place: Place;
  close(): Promise<void>;
}

/** Starts a gateway whose provider answers what it is told to. */
export type Play = (answering: Answering, stop: AbortSignal) => Promise<PlayedGateway>;

/** As `review` has them where nobody says otherwise. */
const MOST_FINDINGS = 5;
const CONTEXT_TOKENS = 4_000;

/** @returns the exit code: 6 when a case could not be reviewed whole */
export const evaluate = (words: EvaluationWords, play: Play): Promise<number> =>
  untilStopped(async (stop) => {
    const cases = readCases(words.cases);
    const { recorded } = words;
    const figures =
      recorded === undefined
        ? await measure(cases, findPlace(process.env), words, stop)
        : await measurePlayed(cases, recorded === true ? RECORDED_FOLDER : recorded, words, play, stop);
    const text = `${JSON.stringify(figures, null, 2)}\n`;
    const file = words.output ?? fileName(figures);
    try {
      writeFileSync(file, text);
    } catch (fault) {
      throw new CliError(fileFault(fault) ?? `${file} cannot be written: name another --output.`);
    }
    process.stdout.write(words.json ? escapeObeyed(text) : figuresText(figures));
    process.stderr.write(`The figures are in ${file}.\n`);
    return figures.not_whole.length === 0 ? EXIT.done : EXIT.incomplete;
  });

const fileName = ({ model, date }: Figures): string =>
  `review-eval-${model.slice(0, 100).replace(/[^\w.-]/g, '-')}-${date}.json`;

async function measurePlayed(
  cases: readonly Case[],
  folder: string,
  words: EvaluationWords,
  play: Play,
  stop: AbortSignal,
): Promise<Figures> {
  process.stderr.write(`Recorded run: ${RECORDED_NOTE}.\n`);
  const played = await play(recordedAnswers(cases, folder), stop);
  try {
    return await measure(cases, played.place, words, stop, {
      model: 'recorded',
      smallModel: 'recorded',
      note: RECORDED_NOTE,
    });
  } finally {
    await played.close();
  }
}

/** @param answerer whose answers they are. @default - the models that the gateway is asked for */
async function measure(
  cases: readonly Case[],
  place: Place,
  words: EvaluationWords,
  stop: AbortSignal,
  answerer?: Answerer,
): Promise<Figures> {
  const client = connect(place, { stop });
  const named = process.env['AI_MODEL'] && answerer === undefined ? { model: process.env['AI_MODEL'] } : {};
  const models = await modelsFor(client, { ...named, ...words });
  const asked = { model: models.review.id, smallModel: models.refute.id };
  const count = counting(cases.length, 'cases are reviewed');
  const outcomes: Outcome[] = [];
  try {
    for (const each of cases) {
      stop.throwIfAborted();
      const spent = outcomes.reduce((sum, { usd }) => sum + usd, 0);
      outcomes.push(await outcomeOf(each, client, asked, leftOf(words.maxCost, spent)));
      count.add();
    }
  } finally {
    count.end();
  }
  return figuresOf(outcomes, answerer ?? asked, new Date());
}

/** US dollars; undefined: nobody has said a cap. */
const leftOf = (cap: number | undefined, spent: number): number | undefined =>
  cap === undefined ? undefined : Math.max(0, cap - spent);

async function outcomeOf(
  each: Case,
  client: Client,
  models: { readonly model: string; readonly smallModel: string },
  left: number | undefined,
): Promise<Outcome> {
  if (left === 0) return notReviewed(each);
  const began = performance.now();
  const report = await inThrowAway(each, (folder) =>
    review({
      folder,
      target: { kind: 'range', range: RANGE },
      contextTokens: CONTEXT_TOKENS,
      client,
      cache: NO_CACHE,
      most: MOST_FINDINGS,
      ...models,
      ...(left === undefined ? {} : { maxCost: left }),
    }),
  );
  return score(each, report, (performance.now() - began) / 1_000);
}

/** Nothing is left to pay it with. */
const notReviewed = (each: Case): Outcome =>
  score(
    each,
    {
      what: { kind: 'range', files: 0, hunks: 0, remembered: 0 },
      findings: [],
      dropped: { outside: 0, refuted: 0, beyond: 0 },
      leftOut: Object.keys(each.sides.after).map((path) => ({ path, reason: 'cap' })),
      hidden: [],
      masked: {},
      cost: { calls: 0, usd: 0, isEstimated: false },
      models: { review: '', refute: '' },
    },
    0,
  );
