import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { TemplateStack } from '../../synth/template-stack';

const folders: string[] = [];

export function newApp(): App {
  const folder = mkdtempSync(join(tmpdir(), 'construct-'));
  folders.push(folder);
  return new App({ outdir: folder, stackTraces: false });
}

/** A stack of its own for one test. */
export const newStack = (): TemplateStack => new TemplateStack(newApp(), 'stack');

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
