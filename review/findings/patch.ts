/** A suggestion as a patch that `git apply` takes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { hear } from '../checkout/git';

/** Lines around what changes. */
const AROUND = 3;

export interface Replacing {
  /** The whole file after the change. */
  readonly content: Buffer;
  /** From the top of the checkout. */
  readonly path: string;
  /** Line numbers from 1, both included. */
  readonly startLine: number;
  readonly endLine: number;
  /** Lines without their endings. */
  readonly replacement: string;
}

/**
 * @param scratch a folder of ours
 * @returns undefined: it does not apply, or the file is no plain text
 */
export async function makePatch(scratch: string, replacing: Replacing): Promise<string | undefined> {
  const text = replacing.content.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(replacing.content)) return undefined;
  const hunk = hunkOf(text, replacing);
  if (hunk === undefined) return undefined;
  // Checked under a plain name: the real one may be anything.
  const isTaken = await applies(scratch, text, `--- a/file\n+++ b/file\n${hunk}`);
  if (!isTaken || /[\n"\\\t]/.test(replacing.path)) return undefined;
  return `--- a/${replacing.path}\n+++ b/${replacing.path}\n${hunk}`;
}

function hunkOf(text: string, { startLine, endLine, replacement }: Replacing): string | undefined {
  const hasEnd = text.endsWith('\n');
  const lines = (hasEnd ? text.slice(0, -1) : text).split('\n');
  if (startLine < 1 || endLine > lines.length) return undefined;
  const removed = lines.slice(startLine - 1, endLine);
  const ending = removed.every((line) => line.endsWith('\r')) ? '\r' : '';
  const added = replacement === '' ? [] : replacement.split('\n').map((line) => line + ending);
  const from = Math.max(0, startLine - 1 - AROUND);
  const before = lines.slice(from, startLine - 1);
  const after = lines.slice(endLine, endLine + AROUND);
  const [count, newCount] = [
    before.length + removed.length + after.length,
    before.length + added.length + after.length,
  ];
  const isAtEnd = endLine + AROUND >= lines.length;
  const noEnd = isAtEnd && !hasEnd ? '\n\\ No newline at end of file' : '';
  const marked = (sign: string, of: readonly string[], isLast: boolean): string[] =>
    of.map((line, at) => `${sign}${line}${isLast && at === of.length - 1 ? noEnd : ''}`);
  return [
    `@@ -${from + 1},${count} +${newCount === 0 ? from : from + 1},${newCount} @@`,
    ...marked(' ', before, false),
    ...marked('-', removed, after.length === 0),
    ...marked('+', added, after.length === 0),
    ...marked(' ', after, true),
    '',
  ].join('\n');
}

async function applies(scratch: string, text: string, patch: string): Promise<boolean> {
  const folder = mkdtempSync(join(scratch, 'patch-'));
  try {
    writeFileSync(join(folder, 'file'), text);
    const child = spawn('git', ['apply', '--check', '--whitespace=nowarn', '-'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CEILING_DIRECTORIES: scratch,
        LC_ALL: 'C',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return (await hear(child, { bytes: 4_096, ms: 10_000 }, patch)).code === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
