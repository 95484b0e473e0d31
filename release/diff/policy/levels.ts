import { isLevel, LEVELS, STRICTEST, type Level } from '../../../src/levels';
import type { Json } from '../../../synth/hcl/expressions';

/** The stricter, the more; what is no level counts as the strictest, as at the gateway. */
export const levelRank = (value: Json | undefined): number => LEVELS.indexOf(levelOf(value));

export const levelOf = (value: Json | undefined): Level => (isLevel(value) ? value : STRICTEST);
