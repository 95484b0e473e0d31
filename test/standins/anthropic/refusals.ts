/** Everything the stand-in refuses, in the order it is asked. The README's table is this list. */
import type { Call } from './call';
import type { Refusal } from './refusal';
import { ENVELOPE_REFUSALS } from './refusals-envelope';
import { MESSAGE_REFUSALS } from './refusals-messages';
import { OUTPUT_REFUSALS } from './refusals-output';
import { THINKING_REFUSALS } from './refusals-thinking';
import { TOOL_REFUSALS } from './refusals-tools';

export const REFUSALS: readonly Refusal[] = [
  ...ENVELOPE_REFUSALS,
  ...MESSAGE_REFUSALS,
  ...TOOL_REFUSALS,
  ...OUTPUT_REFUSALS,
  ...THINKING_REFUSALS,
];

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
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = REFUSALS.map(
    ({ id, status, type, rule }) => `| \`${id}\` | ${status} ${type} | ${cell(rule)} |`,
  );
  return ['| rule | answer | refused |', '|---|---|---|', ...rows].join('\n');
}
