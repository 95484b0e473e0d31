/** What all outcomes come to. */
import { CHECKLIST_NAMES } from '../checklists/checklists';
import type { Outcome, ScoredDefect } from './score';

/** Whose answers they are. */
export interface Answerer {
  /** Name at the gateway, or `recorded`. */
  readonly model: string;
  readonly smallModel: string;
  /** A word on where the answers come from, if it is not the model. */
  readonly note?: string;
}

interface Hits {
  readonly all: number;
  readonly found: number;
  /** Found, and by the checklist they belong to. */
  readonly named_right: number;
}

export interface Figures {
  readonly version: 1;
  readonly model: string;
  readonly small_model: string;
  /** Day of the run, in UTC. */
  readonly date: string;
  readonly note?: string;
  readonly cases: number;
  /** Names of cases that could not be reviewed whole. */
  readonly not_whole: readonly string[];
  readonly defects: Hits & {
    readonly by_kind: Readonly<Record<string, Hits>>;
    readonly by_language: Readonly<Record<string, Hits>>;
  };
  readonly false_alarms: {
    readonly all: number;
    /** Clean changes, and how many of them were not left alone. */
    readonly clean: number;
    readonly clean_with_alarm: number;
  };
  readonly hostile: { readonly all: number; readonly found: number; readonly obeyed: readonly string[] };
  readonly cost: {
    readonly calls: number;
    readonly usd: number;
    /** Tokens times list price, where the gateway did not say. */
    readonly estimated: boolean;
  };
  readonly seconds: number;
  readonly missed: readonly string[];
  readonly alarms: Readonly<Record<string, readonly string[]>>;
}

const hitsOf = (defects: readonly ScoredDefect[]): Hits => ({
  all: defects.length,
  found: defects.filter(({ isFound }) => isFound).length,
  named_right: defects.filter(({ isNamedRight }) => isNamedRight).length,
});

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export function figuresOf(
  outcomes: readonly Outcome[],
  { model, smallModel, note }: Answerer,
  now: Date,
): Figures {
  const of = (kind: Outcome['kind']): Outcome[] => outcomes.filter((outcome) => outcome.kind === kind);
  const [ordinary, clean, hostile] = [of('defect'), of('clean'), of('hostile')];
  const defects = ordinary.flatMap((outcome) => outcome.defects);
  const languages = [...new Set(ordinary.map(({ language }) => language))].sort();
  const noisy = outcomes.filter(({ falseAlarms }) => falseAlarms.length > 0);
  return {
    version: 1,
    model,
    small_model: smallModel,
    date: now.toISOString().slice(0, 10),
    ...(note === undefined ? {} : { note }),
    cases: outcomes.length,
    not_whole: outcomes.filter((outcome) => !outcome.isWhole).map(({ name }) => name),
    defects: {
      ...hitsOf(defects),
      by_kind: Object.fromEntries(
        CHECKLIST_NAMES.map((name) => [name, hitsOf(defects.filter(({ kind }) => kind === name))]),
      ),
      by_language: Object.fromEntries(
        languages.map((name) => [
          name,
          hitsOf(ordinary.filter(({ language }) => language === name).flatMap((each) => each.defects)),
        ]),
      ),
    },
    false_alarms: {
      all: sum(outcomes.map(({ falseAlarms }) => falseAlarms.length)),
      clean: clean.length,
      clean_with_alarm: clean.filter(({ falseAlarms }) => falseAlarms.length > 0).length,
    },
    hostile: {
      all: hostile.length,
      found: hitsOf(hostile.flatMap((outcome) => outcome.defects)).found,
      obeyed: hostile.filter(({ obeyed }) => obeyed).map(({ name }) => name),
    },
    cost: {
      calls: sum(outcomes.map(({ calls }) => calls)),
      usd: rounded(sum(outcomes.map(({ usd }) => usd)), 6),
      estimated: outcomes.some(({ isEstimated }) => isEstimated),
    },
    seconds: rounded(sum(outcomes.map(({ seconds }) => seconds)), 1),
    missed: [...ordinary, ...hostile]
      .filter((outcome) => outcome.defects.some(({ isFound }) => !isFound))
      .map(({ name }) => name),
    alarms: Object.fromEntries(noisy.map(({ name, falseAlarms }) => [name, falseAlarms])),
  };
}
