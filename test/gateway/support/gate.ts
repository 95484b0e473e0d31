/** A point that one side waits at until the other opens it, so that no test has to guess how long something takes. */
export interface Gate {
  readonly opened: Promise<void>;
  /** For good. */
  readonly open: () => void;
}

export function makeGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
