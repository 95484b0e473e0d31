import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { App } from 'cdktf';
import type { JsonObject } from '../../../synth/hcl/expressions';
import { TemplateStack } from '../../../synth/template-stack';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'synth-test-'));
  folders.push(folder);
  return folder;
}

/** A stack in an app of its own; nothing is written before `synth`. */
export function newStack(declare: (stack: TemplateStack) => void = () => undefined): TemplateStack {
  const app = new App({ outdir: temporaryFolder(), stackTraces: false });
  const stack = new TemplateStack(app, 'tested');
  declare(stack);
  return stack;
}

/** Writes the app of a stack, and gives its output folder. */
export function synth(stack: TemplateStack): string {
  const app = App.of(stack);
  app.synth();
  return app.outdir;
}

/** The stack as files: what is pushed, and the same in Terraform's JSON syntax. */
export function bothForms(stack: TemplateStack): {
  readonly hcl: Record<string, string>;
  readonly json: Record<string, string>;
  readonly configuration: JsonObject;
} {
  const configuration = stack.toTerraform();
  const files = Object.fromEntries(stack.templateFiles());
  const added = Object.fromEntries(Object.entries(files).filter(([path]) => !path.endsWith('.tf')));
  return {
    hcl: files,
    json: { ...added, 'main.tf.json': JSON.stringify(configuration) },
    configuration,
  };
}

/** Every file below a folder: text by relative path. */
export function readFolder(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .sort();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}
