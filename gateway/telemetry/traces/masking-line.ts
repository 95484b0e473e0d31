/**
 * What was said waits here until its secrets are masked, one call after the other and a piece at a time, so that nobody's
 * call waits for it. How much may wait is what the process may hold of content.
 */
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { CallContent } from '../../content/call-content';
import { maskContent, type MaskedContent } from '../../content/masked-content';
import { describeFault, type Logger } from '../../log';
import type { HeldBy } from './span-queue';

export interface MaskingLine {
  /** @param tell gets it without secrets, and lets go of it by `held` */
  take(content: CallContent, tell: (masked: MaskedContent | undefined, held?: HeldBy) => void): void;
  /** Waits for what is in the line, for so many milliseconds at most. */
  finish(limitMs: number): Promise<void>;
}

const pause = async (): Promise<void> => {
  await nextTurn();
};

export function createMaskingLine(logger: Logger): MaskingLine {
  let line: Promise<void> = Promise.resolve();

  async function work(
    content: CallContent,
    tell: (masked: MaskedContent | undefined, held?: HeldBy) => void,
  ): Promise<void> {
    const { room } = content;
    try {
      const said = await maskContent(content, pause);
      content.forget();
      room.noteMasked(said.masked);
      let isHeld = true;
      tell(said, {
        bytes: content.bytes,
        release(isDelivered) {
          if (!isHeld) return;
          isHeld = false;
          content.release();
          room.note(isDelivered ? 'sent' : 'lost');
        },
      });
    } catch (fault) {
      // Rather none of it than some that was not looked through.
      content.release();
      room.note('lost');
      logger.error('content could not be masked: it is not sent', describeFault(fault));
      tell(undefined);
    }
  }

  return {
    take(content, tell) {
      content.take();
      line = line.then(() => work(content, tell));
    },
    finish: (limitMs) => Promise.race([line, delay(limitMs, undefined, { ref: false })]),
  };
}
