/** Looks at one folder, or at every template that is synthesized now, and says what was found. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../terminal/fault';
import { saying } from '../../terminal/progress';
import { Scratch } from '../scratch';
import { synthesizeInPlace } from '../synthesized';
import { preflight, type Preflight } from './preflight';
import { hasErrors, writeJson, writeText } from './report';
import { checkSecretFiles } from './secret-files';

export interface PreflightWords {
  readonly variablesFile?: string;
  readonly name?: string;
  readonly lock?: boolean;
  readonly json?: boolean;
}

/** A stack without an agent is no workspace and is not pushed. */
const isTemplate = (folder: string): boolean =>
  readdirSync(folder).some(
    (name) => name.endsWith('.tf') && /resource "coder_agent"/.test(readFileSync(join(folder, name), 'utf8')),
  );

const synthesizeNow = (): Promise<string[]> =>
  Scratch.with((scratch) => saying('Synthesizing what there is now', () => synthesizeInPlace(scratch)));

/** @returns the exit code: 1 when there is an error */
export async function look(folder: string | undefined, words: PreflightWords): Promise<number> {
  if (folder !== undefined && !existsSync(folder))
    throw new UsageError(
      `there is no folder ${folder}: leave it out to synthesize and check, or run "npm run synth" first`,
    );
  const folders = folder === undefined ? (await synthesizeNow()).filter(isTemplate) : [folder];
  if (words.name !== undefined && folders.length > 1)
    throw new UsageError(
      `--name is for one template, there are ${folders.length}: give the folder of the one that is meant`,
    );
  const { variablesFile } = words;
  const files = await checkSecretFiles(folders, variablesFile);
  const preflights: Preflight[] = [];
  for (const one of folders) {
    preflights.push(
      await preflight(
        {
          folder: one,
          name: words.name ?? basename(resolve(one)),
          makesLock: words.lock === true,
          ...(variablesFile === undefined ? {} : { variablesFile }),
        },
        [files],
      ),
    );
  }
  process.stdout.write(words.json === true ? writeJson(preflights) : writeText(preflights));
  return hasErrors(preflights) ? 1 : 0;
}
