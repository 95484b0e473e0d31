/** Which templates there are in `examples/`: for help, so nothing of the synth is loaded. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOLDER = join(__dirname, '..', 'examples');

export const exampleFile = (name: string): string => join(FOLDER, `${name}.ts`);

export const exampleNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();

/** What it says of itself in its first line. */
export const exampleSummary = (name: string): string =>
  /^\/\*\* (.*?) \*\//.exec(readFileSync(exampleFile(name), 'utf8').slice(0, 500))?.[1] ?? '';
