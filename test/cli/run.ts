import { spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
export const PROGRAM = resolve(ROOT, 'bin/contractor-workspace');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program as a person's shell does. */
export function runProgram(
  args: readonly string[],
  options: SpawnOptionsWithoutStdio = {},
  program: string = PROGRAM,
): Promise<Ended> {
  const child = spawn(program, [...args], { cwd: ROOT, ...options });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, out, err }));
  });
}

/** Names of the commands that some words lead to, as their help lists them. */
export const commandsIn = (help: string): string[] => {
  const list = /\nCommands:\n([\s\S]*?)(\n\n|$)/.exec(help)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name ?? '');
};
