import { coloursFor, isTerminal, type Colours, type Terminal } from '../terminal/colours';
import { CliError } from '../terminal/fault';
import { messageOf } from '../terminal/message';
import { forTerminal } from '../terminal/terminal-text';

/** Milliseconds between two looks at the clock, once a step takes long. */
const TICK_MS = 1_000;
/** Back to the beginning of the line, which is emptied. */
const AGAIN = '\r\u001b[2K';

export interface Step<T> {
  /** What came of it, in a few words. */
  readonly detail?: (result: T) => string;
  /** What to do when it fails, one sentence. */
  readonly remedy?: string;
}

/** Each step once: on a terminal a line that tells how long it takes, in a pipe the line that it ends with. */
export class Progress {
  private readonly started = performance.now();
  private readonly colours: Colours;

  constructor(
    private readonly stop: AbortSignal,
    private readonly out: Terminal = process.stdout,
  ) {
    this.colours = coloursFor(out);
  }

  /** @throws CliError that names the step, when the step fails */
  async step<T>(label: string, work: () => T | Promise<T>, { detail, remedy }: Step<T> = {}): Promise<T> {
    this.stop.throwIfAborted();
    const { green, red, dim } = this.colours;
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1_000;
    const took = (): string => dim(`(${seconds().toFixed(1)} s)`);
    this.show(label, 0);
    const timer = setInterval(() => this.show(label, seconds()), TICK_MS);
    try {
      const result = await work();
      const says = detail === undefined ? '' : `: ${detail(result)}`;
      this.end(`${green('✓')} ${label}${says} ${took()}`);
      return result;
    } catch (fault) {
      // Who has stopped it asks for no reason.
      if (this.stop.aborted) this.end('');
      else this.end(`${red('✗')} ${label} ${took()}`);
      const code = fault instanceof CliError ? fault.exitCode : undefined;
      throw new CliError(
        [messageOf(fault).trimEnd(), ...(remedy === undefined ? [] : [remedy])].join('\n'),
        code,
      );
    } finally {
      clearInterval(timer);
    }
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (performance.now() - this.started) / 1_000;
  }

  private show(label: string, seconds: number): void {
    if (!isTerminal(this.out)) return;
    const text = `… ${label}${seconds < 2 ? '' : ` ${Math.round(seconds)} s`}`;
    // A line that the terminal breaks could not be taken back.
    this.out.write(`${AGAIN}${forTerminal(text).slice(0, Math.max(10, this.out.columns - 1))}`);
  }

  private end(line: string): void {
    if (isTerminal(this.out)) this.out.write(AGAIN);
    if (line !== '') this.out.write(`${line}\n`);
  }
}
