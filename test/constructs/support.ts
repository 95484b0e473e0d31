import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { TemplateStack } from '../../synth/template-stack';

const folders: string[] = [];

/** A stack of its own for one test. */
export function newStack(): TemplateStack {
  const folder = mkdtempSync(join(tmpdir(), 'construct-'));
  folders.push(folder);
  return new TemplateStack(new App({ outdir: folder, stackTraces: false }), 'stack');
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
