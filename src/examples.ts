/** The templates of `examples/`. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../terminal/fault';
import { runProgramFile } from './run-program-file';

const FOLDER = join(__dirname, '..', 'examples');

const names = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();

/** @param name of an example, or a path. @default - says which there are */
export function runExample(name: string | undefined, output: string | undefined): void {
  if (name === undefined) {
    process.stdout.write(`There are ${names().join(', ')}: give one of them.\n`);
    return;
  }
  const known = names().find((each) => each === name);
  if (known === undefined && !existsSync(resolve(name)))
    throw new UsageError(`There is no example ${name}: give one of ${names().join(', ')}, or a file.`);
  runProgramFile(known === undefined ? name : join(FOLDER, `${known}.ts`), output);
}
