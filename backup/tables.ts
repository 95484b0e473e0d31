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
  /** SQL that makes what was put back fit for the site it is in now. */
  readonly afterwards?: string;
}

/** In an order in which each can be put back: what is referred to comes first. */
export const KEPT: readonly KeptTable[] = [
  // An estimate whose exact cost comes between its piece and the moment is in the file twice.
  { name: 'calls', pieces: 'calls', replacedBy: 'request_id' },
  { name: 'daily_sums', pieces: 'days' },
  { name: 'admin_audit', pieces: 'ids' },
  { name: 'site' },
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
  coder_poll: 'what the last look at Coder found: who was missing then may be there now',
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
