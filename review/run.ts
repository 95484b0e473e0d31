/** A review from its beginning to its report; it shows nothing. */
import { maskLines } from './asking/masking';
import type { AnsweredFinding } from './asking/answer';
import { ask, NoAnswer, type Asking } from './asking/ask';
import { FINDINGS_A_QUESTION, refutedIn, refuteQuestion } from './asking/refute';
import type { ShownHunk } from './asking/material';
import type { Group } from './asking/question';
import type { Cache } from './cache';
import { contentOf } from './checkout/objects';
import type { LeftOut, Reason } from './choice/left-out';
import type { Finding } from './findings/finding';
import { makePatch } from './findings/patch';
import { byWeight, once, pick } from './findings/pick';
import { place, type PlacedFinding } from './findings/place';
import type { Client } from './gateway/client';
import { chooseModel, listModels } from './gateway/models';
import { openRun, spentBy } from './gateway/run-account';
import { prepare, type Prepared, type PrepareProps } from './prepare';
import { makeQuestions, type AskedGroup, type Models, type Questions } from './questions';
import type { Report } from './report';

/** Tried in this order where no model is named. */
export const USUAL_MODELS = ['claude-sonnet', 'claude-haiku'] as const;
/** Refutes what was found. */
export const SMALL_MODEL = 'claude-haiku';

export interface AskProps {
  readonly client: Client;
  readonly cache: Cache;
  /** Name at the gateway. @default - the first of the usual ones that the key may use */
  readonly model?: string;
  /** The one that refutes. @default - the small one, or that which reviews */
  readonly smallModel?: string;
  /** US dollars. @default - the usual cap, where the gateway holds one */
  readonly maxCost?: number;
  /** Findings that are shown. */
  readonly most: number;
  /** Told before each question. */
  readonly onQuestion?: (number: number, of: number) => void;
}

export type ReviewProps = PrepareProps & AskProps;

/** @throws CliError when nothing can be reviewed: no such range, no gateway, a key that is refused */
export async function review(props: ReviewProps): Promise<Report> {
  const prepared = await prepare(props);
  try {
    return await reviewPrepared(prepared, props);
  } finally {
    prepared.close();
  }
}

export async function modelsFor(
  client: Client,
  { model, smallModel }: Pick<AskProps, 'model' | 'smallModel'>,
): Promise<Models> {
  const offered = await listModels(client);
  const chosen = chooseModel(offered, model, USUAL_MODELS);
  return { review: chosen, refute: chooseModel(offered, smallModel, [SMALL_MODEL, chosen.id]) };
}

/** The same of what is prepared already; whoever prepared it closes it. */
export async function reviewPrepared(prepared: Prepared, props: AskProps): Promise<Report> {
  const { client, cache, most } = props;
  const models = await modelsFor(client, props);
  const questions = await makeQuestions(prepared, models, cache);
  // Nothing to ask needs no account.
  const run = questions.asked.length === 0 ? undefined : await openRun(client, props.maxCost);
  const asking: Asking = { client, run, spending: { calls: 0, usd: 0, isEstimated: false } };
  const found = new Findings(asking, models, prepared, questions, cache);
  found.recall();
  const leftOut: LeftOut[] = [...prepared.leftOut, ...questions.leftOut];
  let stopped: Reason | undefined;
  for (const [at, each] of questions.asked.entries()) {
    if (stopped === undefined) props.onQuestion?.(at + 1, questions.asked.length);
    const reason: Reason | undefined = stopped ?? (await found.askFor(each));
    if (reason === undefined) continue;
    leftOut.push(...each.group.map(({ file }) => ({ path: file.path, reason })));
    if (reason === 'cap' || reason === 'budget') stopped = reason;
  }
  cache.tidy();
  const held = once(found.held);
  const { shown, beyond } = pick(held, most);
  const { spending } = asking;
  const spent = run === undefined ? undefined : await spentBy(client, run);
  const { files, hidden } = prepared.material;
  return {
    what: {
      kind: prepared.kind,
      ...(prepared.kind === 'files'
        ? {}
        : {
            ...(prepared.sides.base === undefined ? {} : { base: prepared.sides.base }),
            head: prepared.sides.head,
          }),
      files: files.length,
      hunks: files.reduce((sum, { hunks }) => sum + hunks.length, 0),
      remembered: questions.remembered.length,
    },
    findings: await Promise.all(shown.map((finding) => finished(finding, prepared))),
    dropped: { outside: found.outside, refuted: found.refuted, beyond: beyond + found.beyond },
    further: [...held.filter((each) => !shown.includes(each)), ...found.unchecked].map(
      ({ fingerprint }) => fingerprint,
    ),
    leftOut: distinct(leftOut),
    hidden,
    masked: Object.fromEntries([...prepared.masked].sort(([one], [other]) => (one < other ? -1 : 1))),
    cost: {
      calls: spending.calls,
      usd: spent ?? spending.usd,
      isEstimated: spent === undefined && spending.isEstimated,
      ...(run === undefined ? {} : { cap: run.cap }),
    },
    models: { review: models.review.id, refute: models.refute.id },
  };
}

type Held = PlacedFinding & { readonly isChecked: boolean };

/** Findings as they come, question by question. */
class Findings {
  readonly held: Held[] = [];
  outside = 0;
  refuted = 0;
  beyond = 0;
  /** Those of `beyond`. */
  readonly unchecked: Pick<Finding, 'fingerprint'>[] = [];
  /** Once money has run out there is no second look either. */
  private isStopped = false;

  constructor(
    private readonly asking: Asking,
    private readonly models: Models,
    private readonly prepared: Prepared,
    private readonly questions: Questions,
    private readonly cache: Cache,
  ) {}

  recall(): void {
    for (const { asked, remembered } of this.questions.remembered) {
      const first = firstOf(asked.hunks[0]);
      remembered.findings.forEach((finding, at) => {
        const moved = {
          ...finding,
          start_line: finding.start_line + first - 1,
          end_line: finding.end_line + first - 1,
        };
        for (const each of place([moved], [asked], this.prepared.checklists.rules).findings)
          this.held.push({ ...each, isChecked: remembered.checked[at] === true });
      });
    }
  }

  /** @returns why its files are left out, if they are */
  async askFor({ group, question }: AskedGroup): Promise<Reason | undefined> {
    let answered: readonly AnsweredFinding[];
    try {
      answered = (await ask(this.asking, question)).findings;
    } catch (fault) {
      if (fault instanceof NoAnswer) return fault.reason;
      throw fault;
    }
    const { findings, outside } = place(answered, group, this.prepared.checklists.rules);
    this.outside += outside;
    const clean = await Promise.all(once(findings).map(withoutSecrets));
    const kept = byWeight(clean).slice(0, MOST_CHECKED);
    this.beyond += clean.length - kept.length;
    this.unchecked.push(...clean.filter((each) => !kept.includes(each)));
    const held: Held[] = [];
    for (let from = 0; from < kept.length; from += FINDINGS_A_QUESTION)
      held.push(...(await this.secondLook(kept.slice(from, from + FINDINGS_A_QUESTION))));
    this.held.push(...held);
    if (held.every(({ isChecked }) => isChecked)) this.remember(group, held);
    return undefined;
  }

  private async secondLook(findings: readonly PlacedFinding[]): Promise<Held[]> {
    if (!this.isStopped)
      try {
        const { verdicts } = await ask(this.asking, refuteQuestion(findings, this.models.refute));
        const refuted = refutedIn(verdicts);
        const standing = findings.filter((_, at) => !refuted.has(at + 1));
        this.refuted += findings.length - standing.length;
        return standing.map((finding) => ({ ...finding, isChecked: true }));
      } catch (fault) {
        if (!(fault instanceof NoAnswer)) throw fault;
        this.isStopped = fault.reason === 'cap' || fault.reason === 'budget';
      }
    return findings.map((finding) => ({ ...finding, isChecked: false }));
  }

  private remember(group: Group, held: readonly Held[]): void {
    for (const { file, hunks } of group)
      for (const hunk of hunks) {
        const own = held.filter((finding) => finding.hunk === hunk);
        this.cache.keep(this.questions.keyFor(file, hunk), {
          findings: own.map((finding) => asAnswered(finding, firstOf(hunk))),
          checked: own.map(({ isChecked }) => isChecked),
        });
      }
  }
}

/** Findings of one question that are looked at a second time: nobody reads more. */
const MOST_CHECKED = 24;

const firstOf = (hunk: ShownHunk | undefined): number =>
  hunk?.lines.find(({ number }) => number !== undefined)?.number ?? 1;

const asAnswered = (finding: PlacedFinding, first: number): AnsweredFinding => ({
  file: finding.file.name,
  start_line: finding.startLine - first + 1,
  end_line: finding.endLine - first + 1,
  rule: finding.rule,
  severity: finding.severity,
  confidence: finding.confidence,
  title: finding.title,
  reason: finding.reason,
  suggestion: finding.suggestion,
  replacement: finding.replacement ?? '',
});

/** A model may make one up, or put together what it saw in parts. */
async function withoutSecrets(finding: PlacedFinding): Promise<PlacedFinding> {
  const { lines } = await maskLines([finding.title, finding.reason, finding.suggestion]);
  const [title = '', reason = '', suggestion = ''] = lines;
  return { ...finding, title, reason, suggestion };
}

async function finished({ file, hunk: _, ...finding }: Held, prepared: Prepared): Promise<Finding> {
  const { replacement, ...rest } = finding;
  const content = await contentOf(file.change, prepared.objects);
  if (replacement === undefined || content === undefined) return rest;
  const patch = await makePatch(prepared.repository.scratch, { ...rest, replacement, content });
  return patch === undefined ? rest : { ...rest, replacement, patch };
}

function distinct(leftOut: readonly LeftOut[]): LeftOut[] {
  const seen = new Set<string>();
  return leftOut.filter(({ path }) => !seen.has(path) && seen.add(path));
}
