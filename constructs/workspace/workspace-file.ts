import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { TemplateStack } from '../../synth/template-stack';

const SOURCES = join(__dirname, '..', '..', 'workspace-image');

/**
 * Ships a file beside the template's HCL.
 *
 * @param path where it lies in the template, relative
 * @returns plain expression of its path, for `file(…)` and `templatefile(…)`
 */
export function shipFile(scope: Construct, path: string, content: string, executable = false): string {
  const stack = TerraformStack.of(scope);
  if (!(stack instanceof TemplateStack)) {
    throw new Error(`${scope.node.path} ships "${path}", which only a TemplateStack can: put it in one`);
  }
  stack.addFile(path, content, executable);
  return pathOf(path);
}

/**
 * Ships a file of `workspace-image/`, once, however many scripts it is a part of.
 *
 * @param path where it lies in the template; by default as in the folder
 */
export function shipSource(scope: Construct, source: string, path: string = source): string {
  const content = readFileSync(join(SOURCES, source), 'utf8');
  const stack = TerraformStack.of(scope);
  if (stack instanceof TemplateStack && stack.shippedFiles.get(path) === content) return pathOf(path);
  return shipFile(scope, path, content);
}

const pathOf = (path: string): string => `"\${path.module}/${path}"`;
