import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ISynthesisSession, IStackSynthesizer } from 'cdktf';
import { invokeAspects } from 'cdktf/lib/synthesize/synthesizer';
import type { TemplateStack } from './template-stack';

/** Made by `terraform init` in the folder; no synth may cost a person their lock file. */
const KEPT = ['.terraform', '.terraform.lock.hcl'];

/** Manifest fields cdktf declares read-only for others, and writes itself at this place. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Writes a template's folder, and beside it, outside of what is pushed, the JSON form that the cdktf command
 * line reads for its own purposes.
 */
export class TemplateSynthesizer implements IStackSynthesizer {
  constructor(private readonly stack: TemplateStack) {}

  synthesize(session: ISynthesisSession): void {
    const { stack } = this;
    invokeAspects(stack);
    if (!session.skipValidation) {
      stack.runAllValidations();
    }
    const manifest = session.manifest.forStack(stack) as Writable<
      ReturnType<typeof session.manifest.forStack>
    >;
    const folder = join(session.outdir, manifest.workingDirectory);
    emptyFolder(folder);
    for (const [path, content] of stack.templateFiles()) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content, { mode: 0o644 });
    }
    manifest.synthesizedStackPath = join('cdktf', `${manifest.name}.tf.json`);
    const json = join(session.outdir, manifest.synthesizedStackPath);
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, `${JSON.stringify(stack.toTerraform(), null, 2)}\n`);
  }
}

function emptyFolder(folder: string): void {
  if (existsSync(folder)) {
    for (const name of readdirSync(folder).filter((entry) => !KEPT.includes(entry))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  mkdirSync(folder, { recursive: true });
}
