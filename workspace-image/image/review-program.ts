/** `ai-review` as one program: what it imports in one file, and beside it what it reads. The tool of that name starts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { manifestText } from '../../bundling/manifest';
import { BUNDLE_OPTIONS, ROOT } from '../../bundling/options';
import { licencesOf, packagesIn } from '../../bundling/packages';

/** Below the folder of the tools. */
export const REVIEW_FOLDER = 'lib/review';

const PROMPTS = 'prompts/review';
const SCHEMAS = 'review/findings';

let made: ReadonlyMap<string, string> | undefined;

/** @returns text by path below its folder; made once, the same from the same sources */
export const reviewProgram = (): ReadonlyMap<string, string> => (made ??= makeProgram());

/**
 * Its files look for each other as in the repository, from the folder of the program: schemas beside it, the manifest one
 * folder up, prompts two.
 */
function makeProgram(): ReadonlyMap<string, string> {
  const { metafile, outputFiles } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: ['cli/ai-review-main.ts'],
    outdir: ROOT,
    // A template that builds the image carries it, and has one MiB for everything.
    minifyIdentifiers: true,
    legalComments: 'none',
    write: false,
  });
  const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const filesOf = (folder: string, ending: string): string[] =>
    readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(ending));
  return new Map([
    ['lib/program/main.js', outputFiles[0]?.text ?? ''],
    ['lib/package.json', manifestText()],
    ...filesOf(SCHEMAS, '.json').map((name): [string, string] => [
      `lib/findings/${name}`,
      text(`${SCHEMAS}/${name}`),
    ]),
    ...filesOf(PROMPTS, '.md').map((name): [string, string] => [
      `${PROMPTS}/${name}`,
      text(`${PROMPTS}/${name}`),
    ]),
    ['LICENSE', text('LICENSE')],
    ['LICENSE-third-parties.txt', licencesOf(packagesIn(metafile))],
  ]);
}
