/** One line a step, with the time it took: a person who waits wants to see what for. */
export class Progress {
  private readonly started = Date.now();

  async step<T>(label: string, work: () => T | Promise<T>, detail?: (result: T) => string): Promise<T> {
    const began = Date.now();
    process.stdout.write(`… ${label}\n`);
    const result = await work();
    const suffix = detail ? `: ${detail(result)}` : '';
    process.stdout.write(`✓ ${label}${suffix} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
    return result;
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (Date.now() - this.started) / 1000;
  }
}
