import type { State } from './check';
import type { Preflight } from './preflight';

const MARKS: Readonly<Record<State, string>> = { ok: 'ok   ', note: 'note ', error: 'ERROR' };

export const hasErrors = (preflights: readonly Preflight[]): boolean =>
  preflights.some(({ findings }) => findings.some(({ state }) => state === 'error'));

export function writeJson(preflights: readonly Preflight[]): string {
  return `${JSON.stringify({ ok: !hasErrors(preflights), templates: preflights }, null, 2)}\n`;
}

/** One line for each finding, what to do below it, and how to push at the end. */
export function writeText(preflights: readonly Preflight[]): string {
  return preflights
    .map(({ template, folder, findings, push, edit }) => {
      const lines = [`${template} (${folder})`];
      for (const { check, state, says, todo, places } of findings) {
        lines.push(`  ${MARKS[state]}  ${check}: ${says}`);
        lines.push(...(places ?? []).map((place) => `           ${place}`));
        if (todo !== undefined) lines.push(`         → ${todo}`);
      }
      const errors = findings.filter(({ state }) => state === 'error').length;
      lines.push(
        '',
        push === undefined
          ? `${errors === 1 ? '1 error' : `${errors} errors`}: not ready to be pushed`
          : `ready: ${push}`,
        // A push leaves these as they are.
        ...(push === undefined || edit === undefined ? [] : [`then:  ${edit}`]),
      );
      return `${lines.join('\n')}\n`;
    })
    .join('\n');
}
