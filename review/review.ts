/** The command: reads what was typed, reviews, shows the report, and says by its exit code how it went. */
import { writeFileSync } from 'node:fs';
import { coloursFor } from '../terminal/colours';
import { CliError, EXIT } from '../terminal/fault';
import { fileFault } from '../terminal/file-fault';
import { saying } from '../terminal/progress';
import { untilStopped } from '../terminal/stopped';
import { forTerminal } from '../terminal/terminal-text';
import { cacheFolder, NO_CACHE, openCache } from './cache';
import { planJson, planOf, planText } from './dry-run';
import { commentingFor } from './forges/commenting';
import { connect, type Client } from './gateway/client';
import { findPlace } from './gateway/place';
import { renderReport } from './output/formats';
import { prepare, type PrepareProps } from './prepare';
import { makeQuestions, type Models } from './questions';
import { hasAtLeast, isWhole } from './report';
import { modelsFor, reviewPrepared, USUAL_MODELS, SMALL_MODEL } from './run';
import { formatOf, targetOf, type ReviewWords } from './words';

/** @returns the exit code: 1 for findings of --fail-on, 6 for a review that is not whole */
export async function reviewCommand(names: readonly string[], words: ReviewWords): Promise<number> {
  const format = formatOf(words);
  const props: PrepareProps = {
    folder: words.repository,
    target: targetOf(names, words),
    contextTokens: words.contextTokens,
  };
  if (words.dryRun) {
    commentingFor(words, props.target, process.env);
    return dryRun(props, words);
  }
  return untilStopped(async (stop) => {
    const client = connect(findPlace(process.env), { stop });
    const commenting = commentingFor(words, props.target, process.env, stop);
    const prepared = await saying('Reading what has changed', () => prepare(props));
    try {
      const reason = await commenting?.whyNot(prepared.sides.head);
      if (reason !== undefined) {
        process.stderr.write(`${forTerminal(reason)}\n`);
        return EXIT.done;
      }
      const report = await saying('Reviewing', () =>
        reviewPrepared(prepared, {
          client,
          cache: cacheOf(words),
          most: words.max,
          ...optional(words),
          onQuestion: (number, of) => {
            if (of > 1) process.stderr.write(`Asking ${number} of ${of} …\n`);
          },
        }),
      );
      const isFile = words.output !== undefined;
      const { rules } = prepared.checklists;
      const render = { colours: coloursFor(isFile ? {} : process.stdout), rules };
      await show(renderReport(report, format, render), words.output);
      if (commenting !== undefined) {
        const changes = prepared.material.files.map(({ change }) => change);
        const sarif = (): string => renderReport(report, 'sarif', render);
        const said = await saying('Writing comments', () => commenting.write(report, changes, sarif));
        process.stderr.write(`${said}\n`);
      }
      if (words.failOn !== undefined && hasAtLeast(report, words.failOn)) return EXIT.failed;
      return isWhole(report) ? EXIT.done : EXIT.incomplete;
    } finally {
      prepared.close();
    }
  });
}

const cacheOf = ({ cache }: ReviewWords) => (cache ? openCache(cacheFolder()) : NO_CACHE);

const optional = ({ model, smallModel, maxCost }: ReviewWords) => ({
  ...namedModel(model),
  ...(smallModel === undefined ? {} : { smallModel }),
  ...(maxCost === undefined ? {} : { maxCost }),
});

const namedModel = (model: string | undefined): { model?: string } => {
  const name = model ?? (process.env['AI_MODEL'] || undefined);
  return name === undefined ? {} : { model: name };
};

async function dryRun(props: PrepareProps, words: ReviewWords): Promise<number> {
  const prepared = await prepare(props);
  try {
    const models = await plannedModels(words);
    const questions = await makeQuestions(prepared, models, cacheOf(words));
    const plan = planOf(questions, models);
    const render = formatOf(words) === 'json' ? planJson : planText;
    await show(render(prepared, questions, plan), words.output);
    return EXIT.done;
  } finally {
    prepared.close();
  }
}

/** Without a gateway there is no price, and the rest can be shown all the same. */
async function plannedModels(words: ReviewWords): Promise<Models> {
  const { model, smallModel = SMALL_MODEL } = { ...words, ...namedModel(words.model) };
  try {
    const client: Client = connect(findPlace(process.env));
    return await modelsFor(client, optional(words));
  } catch (fault) {
    if (!(fault instanceof CliError)) throw fault;
    process.stderr.write(`No price is known: ${fault.message}\n`);
    return {
      review: { id: model ?? USUAL_MODELS[0], price: undefined },
      refute: { id: smallModel, price: undefined },
    };
  }
}

async function show(text: string, file: string | undefined): Promise<void> {
  if (file === undefined || file === '-')
    return new Promise((done, failed) =>
      process.stdout.write(text, (fault) =>
        fault ? failed(new CliError('The output cannot be written.')) : done(),
      ),
    );
  try {
    writeFileSync(file, text);
  } catch (fault) {
    throw new CliError(fileFault(fault) ?? `${file} cannot be written: name another --output.`);
  }
}
