/** Everything the stand-in refuses, in the order it is asked. The README's table is this list. */
import type { Call, Refusal } from './call';
import { ENVELOPE_REFUSALS } from './refusals-envelope';
import { MESSAGE_REFUSALS } from './refusals-messages';
import { TOOL_REFUSALS } from './refusals-tools';

export const REFUSALS: readonly Refusal[] = [...ENVELOPE_REFUSALS, ...MESSAGE_REFUSALS, ...TOOL_REFUSALS];

/** The first rule the call breaks, with the message for it. */
export function findRefusal(call: Call): { refusal: Refusal; message: string } | undefined {
  for (const refusal of REFUSALS) {
    const message = refusal.check(call);
    if (message !== undefined) return { refusal, message };
  }
  return undefined;
}

/** The list as a Markdown table. */
export function refusalsTable(): string {
  const rows = REFUSALS.map(({ id, status, rule }) => `| \`${id}\` | ${status} | ${rule} |`);
  return ['| rule | status | refused |', '|---|---|---|', ...rows].join('\n');
}
