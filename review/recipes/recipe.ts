/** The command: writes the file by which CI reviews each change, or says whether it is current. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError, EXIT, UsageError } from '../../terminal/fault';
import { fileFault } from '../../terminal/file-fault';
import { SEVERITIES, type Severity } from '../findings/finding';
import { FORGES, type ForgeName } from '../forges/names';
import type { RecipeOptions } from './options';
import { renderRecipe, RECIPES } from './render';
import { choicesIn } from './choices';

export interface RecipeWords {
  readonly repository: string;
  readonly image?: string;
  readonly failOn?: Severity;
  /** US dollars. */
  readonly maxCost?: number;
  readonly runner?: string;
  readonly codeScanning?: boolean;
  readonly check?: boolean;
  readonly stdout?: boolean;
}

/** Bytes of a file of ours. */
const LONGEST_FILE = 64 * 1024;
const IMAGE = /^[A-Za-z0-9][\w./:@-]{0,254}$/;
const RUNNER = /^[A-Za-z0-9][\w.:-]{0,99}$/;

/** @returns the exit code: 1 where --check finds something to do */
export function recipeCommand(platform: string, words: RecipeWords): number {
  const name = FORGES.find((each) => each === platform);
  if (name === undefined)
    throw new UsageError(`"${platform.slice(0, 100)}" is none of ${FORGES.join(', ')}.`);
  const path = RECIPES[name].path;
  const file = join(words.repository, path);
  const there = contentOf(file);
  if (words.check) return check(name, path, there, words);
  const known = there === undefined ? {} : choicesIn(there);
  if (known === undefined && !words.stdout)
    throw new UsageError(
      `${path} is there and was not written by this command: move it away, or use --stdout.`,
    );
  const text = renderRecipe(name, optionsFrom(name, words, known ?? {}));
  if (words.stdout) {
    process.stdout.write(text);
    return EXIT.done;
  }
  write(file, text);
  process.stdout.write(`${there === text ? 'Current already' : 'Written'}: ${path}\n${RECIPES[name].next}\n`);
  return EXIT.done;
}

function check(name: ForgeName, path: string, there: string | undefined, words: RecipeWords): number {
  const again = `contractor-workspace review recipe ${name}`;
  if (there === undefined) {
    process.stdout.write(`${path} is missing: write it with "${again}".\n`);
    return EXIT.failed;
  }
  const known = choicesIn(there);
  if (known === undefined) {
    process.stdout.write(`${path} was not written by this command, or its first line has been changed.\n`);
    return EXIT.failed;
  }
  const isCurrent = renderRecipe(name, optionsFrom(name, words, known)) === there;
  process.stdout.write(
    isCurrent
      ? `${path} is current.\n`
      : `${path} is not what this version writes: write it anew with "${again}"; its choices stay.\n`,
  );
  return isCurrent ? EXIT.done : EXIT.failed;
}

/** What is typed goes before what the file says. */
function optionsFrom(name: ForgeName, words: RecipeWords, known: Partial<RecipeOptions>): RecipeOptions {
  const image = words.image ?? known.image;
  if (image === undefined)
    throw new UsageError(
      '--image is missing: name an image that has this program, as --image registry.example.com/workspace:1.',
    );
  if (!IMAGE.test(image))
    throw new UsageError(
      `--image must be the name of an image, such as registry.example.com/workspace:1, not "${image.slice(0, 255)}".`,
    );
  const runner = words.runner ?? known.runner;
  if (runner !== undefined && !RUNNER.test(runner))
    throw new UsageError(`--runner must be one label, as ubuntu-24.04, not "${runner.slice(0, 100)}".`);
  const failOn = words.failOn ?? known.failOn;
  const maxCost = words.maxCost ?? known.maxCost;
  const codeScanning = words.codeScanning ?? known.codeScanning ?? false;
  if (codeScanning && name !== 'github')
    throw new UsageError('--code-scanning is for GitHub alone: GitLab takes its report as an artifact.');
  if (failOn !== undefined && !SEVERITIES.includes(failOn))
    throw new UsageError(`--fail-on must be one of ${SEVERITIES.join(', ')}.`);
  return {
    image,
    codeScanning,
    ...(runner === undefined ? {} : { runner }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(maxCost === undefined ? {} : { maxCost }),
  };
}

function contentOf(file: string): string | undefined {
  try {
    if (statSync(file).size <= LONGEST_FILE) return readFileSync(file, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(fileFault(fault) ?? `${file} cannot be read.`);
  }
  throw new CliError(`${file} has more than ${LONGEST_FILE / 1024} KiB: it is none of ours.`);
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (fault) {
    throw new CliError(fileFault(fault) ?? `${file} cannot be written: name another --repository.`);
  }
}
