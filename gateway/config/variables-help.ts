/** The table of variables as `--help` shows it. */
import type { Variable } from './variable';
import { VARIABLES } from './variables';

export function describeVariables(): string {
  return Object.values<Variable<unknown>>(VARIABLES)
    .map((entry) => {
      const aliases = entry.aliases ? ` (also read: ${entry.aliases.join(', ')})` : '';
      const later = entry.notApplied ? ' Accepted, not applied yet.' : '';
      return `  ${entry.name}${aliases}\n      ${entry.meaning}${later}\n      default: ${describeDefault(entry)}`;
    })
    .join('\n');
}

function describeDefault(entry: Variable<unknown>): string {
  if (entry.required) return 'none, required';
  if (entry.unset !== undefined) return entry.unset;
  return ['string', 'number', 'boolean'].includes(typeof entry.fallback) ? String(entry.fallback) : 'none';
}
