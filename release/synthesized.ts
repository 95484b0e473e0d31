import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Programs that write templates, in the order they are asked. */
function programs(wanted: string | undefined): string[] {
  const folder = join(ROOT, 'examples');
  const examples = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .map((entry) =>
          entry.isDirectory() ? join(folder, entry.name, 'main.ts') : join(folder, entry.name),
        )
        .filter((file) => file.endsWith('.ts') && existsSync(file))
        .sort()
    : [];
  const isNamed = (file: string): boolean =>
    wanted !== undefined && [basename(file, '.ts'), basename(join(file, '..'))].includes(wanted);
  return [
    ...examples.filter(isNamed),
    join(ROOT, 'src', 'main.ts'),
    ...examples.filter((file) => !isNamed(file)),
  ];
}

/** Runs a program that synthesizes; what it prints is of no interest unless it fails. */
function run(program: string, outdir: string): void {
  const register = join(ROOT, 'scripts', 'register-typescript.cjs');
  const result = spawnSync(process.execPath, ['--require', register, program], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  if (result.status === 0) return;
  const said = `${result.stderr ?? ''}${result.stdout ?? ''}`.trim();
  throw new Error(`the template could not be synthesized ("npm run synth" says the same):\n${said}`);
}

/** Synthesizes for as long as it is looked at; nothing of it is left behind. */
export class Synthesized {
  private readonly outdirs = new Map<string, string>();

  /**
   * The folder of a template as it is now.
   * @throws Error when it cannot be synthesized, or nothing writes a template of that name
   */
  folder(name: string): string {
    for (const program of programs(name)) {
      const folder = join(this.outdir(program), 'stacks', name);
      if (existsSync(folder)) return folder;
    }
    throw new Error(
      `nothing synthesizes a template "${name}" now; there are ${this.names().join(', ')}. ` +
        'Give one of them, or compare two versions with --to <git ref>',
    );
  }

  /** Names of everything that was synthesized so far. */
  names(): string[] {
    return [...this.outdirs.values()].flatMap((outdir) => readdirSync(join(outdir, 'stacks'))).sort();
  }

  dispose(): void {
    for (const outdir of this.outdirs.values()) rmSync(outdir, { recursive: true, force: true });
    this.outdirs.clear();
  }

  private outdir(program: string): string {
    const known = this.outdirs.get(program);
    if (known !== undefined) return known;
    const outdir = mkdtempSync(join(tmpdir(), 'release-'));
    this.outdirs.set(program, outdir);
    run(program, outdir);
    return outdir;
  }
}

/**
 * Synthesizes where `npm run synth` does, so that what is checked is what gets pushed.
 * @returns folders of what was written
 */
export function synthesizeInPlace(): string[] {
  const outdir = process.env.CDKTF_OUTDIR ?? join(ROOT, 'cdktf.out');
  run(join(ROOT, 'src', 'main.ts'), outdir);
  const stacks = join(outdir, 'stacks');
  return readdirSync(stacks)
    .sort()
    .map((name) => join(stacks, name));
}
