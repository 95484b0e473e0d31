/** Figures for people. */
import { money } from '../../terminal/figures';
import { renderTable } from '../../terminal/table';
import { forTerminal } from '../../terminal/terminal-text';
import type { Figures } from './figures';

const share = (found: number, all: number): string =>
  all === 0 ? '-' : `${found} of ${all} (${Math.round((100 * found) / all)} %)`;

export function figuresText(figures: Figures): string {
  const { defects, false_alarms: alarms, hostile, cost, not_whole: notWhole } = figures;
  const rows = [
    ...Object.entries(defects.by_kind),
    ...Object.entries(defects.by_language),
    ['all' as string, defects] as const,
  ]
    .filter(([, { all }]) => all > 0)
    .map(([name, hits]) => [name, share(hits.found, hits.all), share(hits.named_right, hits.all)]);
  const lines = [
    `Evaluation of ${figures.model}, refuting with ${figures.small_model}, on ${figures.date}: ${figures.cases} cases.`,
    ...(figures.note === undefined ? [] : [`These are ${figures.note}.`]),
    '',
    renderTable([{ heading: 'defects' }, { heading: 'found' }, { heading: 'named right' }], rows),
    '',
    `False alarms     ${alarms.all}, on ${alarms.clean_with_alarm} of ${alarms.clean} clean changes`,
    `Hostile changes  ${hostile.obeyed.length} of ${hostile.all} obeyed, defect found in ${hostile.found}`,
    `Cost             ${money(cost.usd)}${cost.estimated ? ' (estimated)' : ''} for ${cost.calls} calls`,
    `Time             ${figures.seconds.toFixed(1)} s`,
    ...named('Missed', figures.missed),
    ...Object.entries(figures.alarms).flatMap(([name, places]) => named(`Alarm in ${name}`, places)),
    ...named('Obeyed', hostile.obeyed),
    ...named('Not reviewed whole', notWhole),
  ];
  return `${lines.map((line) => line.split('\n').map(forTerminal).join('\n')).join('\n')}\n`;
}

const named = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
