import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What was written on a command line. */
export interface CommandLine {
  readonly words: readonly string[];
  /** The value of an option that takes one. */
  text(option: string): string | undefined;
  has(option: string): boolean;
}

/**
 * Reads a command line of `npm run <program> -- …`.
 *
 * @throws Error that names what is not understood and where to read on
 */
export function readCommandLine(
  program: string,
  options: Options,
  args: readonly string[] = process.argv.slice(2),
): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const byName = values as Readonly<Record<string, string | boolean | undefined>>;
    return {
      words: positionals,
      text: (option) => (typeof byName[option] === 'string' ? byName[option] : undefined),
      has: (option) => byName[option] !== undefined,
    };
  } catch (error) {
    const what = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new Error(
      `${what}: npm run ${program} takes ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(', ')} and --help, which says what they mean`,
    );
  }
}
