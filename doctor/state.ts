/** What the gateway's admin listener says at /site/state, /site/deployments and /site/exporters, as far as checks read it. */

export interface SiteState {
  readonly at: string;
  readonly gateway: {
    readonly version: string;
    readonly node: string;
    readonly admin_host: string;
    readonly speaks_tls: boolean;
  };
  readonly levels: readonly { readonly level: string; readonly in_force: boolean }[];
  readonly secrets: readonly {
    readonly says: string;
    readonly severity: 'fault' | 'warning' | 'note';
  }[];
  readonly store: StoreState;
  readonly coder: CoderState;
  readonly document: {
    readonly origin: string;
    readonly priced_on: string;
    readonly models: readonly { readonly name: string }[];
  };
}

export interface StoreState {
  readonly kind: 'embedded' | 'postgres';
  readonly version: string;
  readonly clock_ahead: number;
  readonly bytes: number;
  readonly backed_up_at: string | null;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly standbys: {
    readonly names: string;
    readonly connected: number;
    readonly synchronous: number;
    readonly unseen: number;
  };
  readonly disk: Disk | null;
  readonly tables: readonly TableState[];
  readonly growth: {
    readonly days: number;
    readonly calls_a_day: number | null;
    readonly sums_a_day: number;
    readonly changes_a_day: number;
    readonly oldest_call: string | null;
    readonly retention_days: number;
  };
}

export interface Disk {
  readonly folder: string;
  readonly free: number;
  readonly size: number;
}

export interface TableState {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface CoderState {
  readonly url: string | null;
  readonly has_token?: boolean;
  readonly version?: string | null;
  readonly clock_ahead?: number | null;
  readonly standing?: { readonly state: string; readonly says: string; readonly what_to_do: string } | null;
  readonly poll_seconds?: number;
  readonly looked?: number | null;
  readonly done?: number | null;
  readonly groups: readonly string[];
  readonly has_groups?: boolean | null;
}

export interface DeploymentState {
  readonly model: string;
  readonly provider: string;
  readonly id: string;
  readonly endpoint: string | null;
  readonly state: 'answers' | 'refuses' | 'silent' | 'not configured' | 'ended' | 'not asked';
  readonly says: string | null;
  readonly is_paused: boolean;
  readonly retires_on: string | null;
  readonly successor: string | null;
}

/** One of /site/exporters. */
export interface ExporterState {
  readonly exporter: 'otlp' | 'langfuse';
  readonly signal: 'traces' | 'metrics';
  readonly host: string;
  /** Null: nothing was sent yet. */
  readonly arrives: boolean | null;
  readonly reason: string | null;
  readonly delivered: number;
  readonly dropped: number;
  readonly look: {
    readonly state: 'answers' | 'refuses' | 'other' | 'old' | 'away';
    readonly reason: string | null;
    readonly version: string | null;
  };
}
