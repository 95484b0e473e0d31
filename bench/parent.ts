/** The side of a process of the benchmark that is asked; `child.ts` is the side that asks. */

export interface Question {
  readonly number: number;
  readonly name: string;
  readonly value: unknown;
}

export type Reply = { readonly url: string } | { readonly number: number; readonly answer: unknown };

export type Answers = Readonly<Record<string, (value: unknown) => unknown>>;

/** Microseconds of CPU time that this process has used so far, all of its threads together. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Says where this process listens, and from then on answers what it is asked. Ends it with the process that asks. */
export function answerQuestions(url: string, answers: Answers & { readonly close: () => unknown }): void {
  const reply = (message: Reply) => process.send?.(message);
  process.on('message', ({ number, name, value }: Question) => {
    void Promise.resolve(answers[name]?.(value)).then((answer) => reply({ number, answer }));
  });
  process.once('disconnect', () => answers.close());
  // What it says on the way out may find nobody.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // A terminal tells all processes at once; it is for the one that asks to say when.
  process.on('SIGINT', () => {});
  reply({ url });
}
