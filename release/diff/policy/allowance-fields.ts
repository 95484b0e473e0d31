/** What may be asked for beside money, of a scope and of a person. */
import { count } from './amounts';
import type { FieldRule } from './field-rules';

export const ALLOWANCE_FIELDS: readonly FieldRule[] = [
  { field: 'rpm_limit', reads: 'requests a minute', show: count, more: 'looser' },
  { field: 'tpm_limit', reads: 'tokens a minute', show: count, more: 'looser' },
  { field: 'max_parallel_requests', reads: 'calls at once', show: count, more: 'looser' },
];
