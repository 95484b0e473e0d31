import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SHIPPED, allPrograms, programsFor } from './programs';
import { PROJECT, ROOT } from './root';
import type { Scratch } from './scratch';

/** Programs that synthesize side by side. */
const AT_ONCE = 2;

/** Characters of what a program said that are shown when it failed. */
const LONGEST_WORDS = 4_000;

/** Runs a program that synthesizes; what it prints is of no interest unless it fails. */
async function run(program: string, outdir: string, scratch: Scratch): Promise<void> {
  const register = join(ROOT, 'scripts', 'register-typescript.cjs');
  const end = await scratch.run(process.execPath, ['--require', register, program], {
    cwd: PROJECT,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  if (end.status === 0) return;
  const said = `${end.fault ?? ''}${end.stderr}${end.stdout.toString('utf8')}`.trim().slice(0, LONGEST_WORDS);
  throw new Error(`the template could not be synthesized ("npm run synth" says the same):\n${said}`);
}

/** A template as it is now. */
export interface Written {
  readonly name: string;
  /** The folder that is pushed. */
  readonly folder: string;
  /** Text of the gateway's document beside it. */
  readonly document: string | undefined;
}

/** What was written into one folder. */
function writtenIn(outdir: string): Written[] {
  const stacks = join(outdir, 'stacks');
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks)
    .sort()
    .map((name) => ({ name, folder: join(stacks, name), document: documentBeside(join(stacks, name)) }));
}

/** The gateway's document that was written together with a template: `<out>/gateway/config.json` for `<out>/stacks/<template>`. */
export function documentBeside(folder: string): string | undefined {
  const file = join(folder, '..', '..', 'gateway', 'config.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Templates as they are now, in folders of a scratch. */
export class Synthesized {
  private readonly runs = new Map<string, Promise<Written[]>>();
  private readonly found: Written[] = [];
  private readonly turns: (() => void)[] = [];
  private running = 0;

  constructor(private readonly scratch: Scratch) {}

  /**
   * A template as it is now.
   * @throws Error when it cannot be synthesized, or nothing writes a template of that name
   */
  async template(name: string): Promise<Written> {
    for (const program of programsFor(name)) {
      const found = (await this.by(program)).find((one) => one.name === name);
      if (found !== undefined) return found;
    }
    throw new Error(
      `nothing synthesizes a template "${name}" now; there are ${this.names().join(', ')}. ` +
        'Give one of them, or compare two versions with --to <git ref>',
    );
  }

  /** The gateway's document that a program writes. */
  async document(program: string): Promise<string | undefined> {
    return (await this.by(program))[0]?.document;
  }

  /** Everything that any program writes. */
  async all(): Promise<Written[]> {
    return (await Promise.all(allPrograms().map((program) => this.by(program)))).flat();
  }

  private names(): string[] {
    return this.found.map(({ name }) => name).sort();
  }

  private by(program: string): Promise<Written[]> {
    const known = this.runs.get(program);
    if (known !== undefined) return known;
    const started = this.inTurn(async () => {
      const outdir = this.scratch.folder();
      await run(program, outdir, this.scratch);
      const written = writtenIn(outdir);
      this.found.push(...written);
      return written;
    });
    this.runs.set(program, started);
    return started;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.turns.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.turns.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

/**
 * Synthesizes where `npm run synth` does, so that what is checked is what gets pushed.
 * @returns folders of what was written
 */
export async function synthesizeInPlace(scratch: Scratch): Promise<string[]> {
  const outdir = resolve(process.env.CDKTF_OUTDIR ?? join(PROJECT, 'cdktf.out'));
  await run(SHIPPED, outdir, scratch);
  return writtenIn(outdir).map(({ folder }) => folder);
}
