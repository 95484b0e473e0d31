/** What a backup takes along of the store, as data: every table is either kept or left out for a reason. */

export interface KeptTable {
  readonly name: string;
  /** Only these rows: SQL. @default - all */
  readonly where?: string;
  /**
   * How what lies behind is read before the moment of the backup, a piece at a time: it may grow without end, and does
   * not change any more. @default - all of it at the moment
   */
  readonly pieces?: 'calls' | 'days' | 'ids';
  /** A row that comes again, later in the file, takes the place of the one with the same value here. */
  readonly replacedBy?: string;
  /** A migration puts a row there, which gives way to the one in the file. @default false */
  readonly hasFirstRow?: boolean;
  /** SQL that makes what was put back fit for the site it is in now. */
  readonly afterwards?: string;
}

/** In an order in which each can be put back: what is referred to comes first. */
export const KEPT: readonly KeptTable[] = [
  // An estimate whose exact cost comes between its piece and the moment is in the file twice.
  { name: 'calls', pieces: 'calls', replacedBy: 'request_id' },
  { name: 'daily_sums', pieces: 'days' },
  // What daily sums do not say of old calls is in these only, so they are not made anew.
  { name: 'sums_state', hasFirstRow: true },
  { name: 'replaced_calls' },
  { name: 'followed_days' },
  { name: 'sums_by_hour' },
  { name: 'sums_by_day' },
  { name: 'key_sums_by_day' },
  { name: 'key_sums_by_kind' },
  { name: 'durations_by_hour' },
  { name: 'durations_by_day' },
  { name: 'insights_state', hasFirstRow: true },
  { name: 'team_sums_by_day' },
  { name: 'call_sizes_by_day' },
  { name: 'team_calls_by_quarter' },
  { name: 'tasks' },
  { name: 'task_sums_by_day' },
  { name: 'admin_audit', pieces: 'ids' },
  { name: 'site', hasFirstRow: true },
  { name: 'published_documents' },
  { name: 'budgets' },
  { name: 'owners' },
  { name: 'owner_names' },
  { name: 'names_of_owners' },
  { name: 'workspaces' },
  { name: 'accounts' },
  { name: 'keys' },
  { name: 'admin_keys' },
  { name: 'spend_resets' },
  { name: 'alert_silences' },
  { name: 'month_mail', hasFirstRow: true },
  // Calls that were under way: their processes are put back as dead, and the first gateway books them in full, as it
  // does with those of a process that was killed. The provider may have billed every one of them.
  {
    name: 'gateway_processes',
    where: 'exists (select from reservations r where r.process_id = gateway_processes.id)',
    afterwards: 'update gateway_processes set dead_at = coalesce(dead_at, clock_timestamp())',
  },
  { name: 'reservations' },
];

/** By table, the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  schema_migrations: 'the list is in the manifest, and what it names is applied again',
  ui_sessions: 'whoever was signed in to the dashboard signs in again',
  ui_forms: 'they go with the sessions',
  runs: 'they live for an hour; their accounts are kept',
  content_logging: 'whoever may read along says so anew: what is put back logs no content by itself',
  log_level: 'what the log leaves out for an hour or so',
  held_secrets: 'what each process held, and no process is put back',
  secret_prints: 'since when secrets of this site were in use; another site may have others',
  secret_uses: 'who still used a former secret of this site',
  alerts: 'what administrators were told: what still holds is found and told anew',
  alert_deliveries: 'what was on its way to them: it would be told a second time, and late',
  alert_files: 'they go with the alerts',
  alert_states: 'what was well or not: it is found anew',
  alert_look: 'where the last look ended: what is put back is looked at from there on',
  coder_poll: 'what the last look at Coder found: who was missing then may be there now',
  insights_kept: 'found again within the hour',
  call_counts: 'counted again from the calls',
};

/** Any row of these is something that somebody would miss. */
export const PRECIOUS: readonly string[] = [
  'calls',
  'daily_sums',
  'admin_audit',
  'budgets',
  'owners',
  'workspaces',
  'keys',
  'admin_keys',
  'published_documents',
];
