/** How often the behaviour prompts stand in what a provider is sent: told to whoever asks for it with the call. */
import { LEVELS } from '../../src/levels';
import type { PromptSource } from '../config/prompts';
import type { JsonMembers } from '../json/json-members';

/** Header of a call that asks: `prompts`. */
export const CHECK = 'x-gateway-check';
/** Header of its answer: `standard=1, design-first=0`, of every level that has a text. */
export const PROMPTS = 'x-gateway-prompts';

export const promptCopies = (body: JsonMembers, prompts: PromptSource): string =>
  LEVELS.flatMap((level) => {
    const text = prompts.textOf(level);
    // As it is written within a string of JSON.
    return text ? [`${level}=${body.count(JSON.stringify(text).slice(1, -1))}`] : [];
  }).join(', ');
