/** Calls that are under way at the same time: a few, and fewer where the gateway has no room for so many. */
import { Refusal } from './client';
import { RUN_EXHAUSTED } from './run-account';

/** Calls at the same time. */
export const MOST_AT_ONCE = 4;

/** What a refusal is short of, if it is one that may not come again once other calls have ended. */
type Shortage = 'money' | 'room';

/**
 * Begins with one call at a time.
 *
 * While calls are under way the gateway holds back what each may cost at most. A refusal for money says nothing then about
 * what is left once they have ended: the call is made again, alone, and from there on all are.
 */
export class Turns {
  private width = 1;
  private mayWiden = true;
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];

  /** Lets a few calls go at once, unless the gateway had no room for that. */
  widen(): void {
    if (!this.mayWiden) return;
    this.width = MOST_AT_ONCE;
    this.wake();
  }

  /** @throws what the call throws */
  async take<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      while (this.underWay >= this.width) await new Promise<void>((go) => this.waiting.push(go));
      // Nobody else can come in before it has ended.
      const isAlone = this.width === 1;
      this.underWay += 1;
      try {
        return await call();
      } catch (fault) {
        const shortage = shortageOf(fault);
        if (isAlone || shortage === undefined) throw fault;
        this.narrow(shortage === 'money' ? 1 : this.underWay - 1);
      } finally {
        this.underWay -= 1;
        this.wake();
      }
    }
  }

  private narrow(width: number): void {
    this.mayWiden = false;
    this.width = Math.max(1, Math.min(this.width, width));
  }

  /** Whoever finds no place waits again. */
  private wake(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}

function shortageOf(fault: unknown): Shortage | undefined {
  if (!(fault instanceof Refusal)) return undefined;
  if (isAboutMoney(fault)) return 'money';
  return fault.status === 429 ? 'room' : undefined;
}

/** A site may have another status for it than 402. */
const isAboutMoney = ({ kinds, status }: Refusal): boolean =>
  status === 402 || kinds.includes(RUN_EXHAUSTED) || kinds.includes('budget_exceeded');
