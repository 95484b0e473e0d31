/** Everything that administrators are told of, as data: docs/alerts.md is rendered from it. */

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface KindSpec {
  readonly severity: Severity;
  /** When it is told, as a whole sentence. */
  readonly when: string;
  readonly whatToDo: string;
}

export const KINDS = {
  budget_step: {
    severity: 'warning',
    when: 'A key, a person or a team has used up a step of its budget (budgetAlerts of the policy: 50, 80 and 100 %), once in each window; a step that is passed by on the way to a higher one is left out.',
    whatToDo: 'Nothing, or raise the budget: "keys raise" for a while, the policy for good.',
  },
  budget_used_up: {
    severity: 'critical',
    when: 'The last step of a budget is reached, or more than nine tenths are used up and a call was refused for it.',
    whatToDo:
      'Calls are refused until the budget opens anew. "keys raise" adds to it for a while, the policy for good.',
  },
  key_closed: {
    severity: 'critical',
    when: 'A call cost more than was set aside for it, so its key was closed.',
    whatToDo:
      'Look at the call ("/ui/calls" of the dashboard), then open the key again with "keys unblock". Prices of the catalog that are too low lead there.',
  },
  deployment_down: {
    severity: 'critical',
    when: 'A provider failed at a deployment, and again after the pause that it was given.',
    whatToDo:
      'Others answer in its place where there are any. Look at the state of the provider, and at its key and quota.',
  },
  deployment_back: {
    severity: 'info',
    when: 'Such a deployment answers again.',
    whatToDo: 'Nothing.',
  },
  error_rate_high: {
    severity: 'critical',
    when: 'Of 20 calls or more within five minutes, a tenth or more failed with 500 or above.',
    whatToDo:
      'Look at the error types in the log ("call" lines) and at what the providers say of themselves.',
  },
  error_rate_normal: {
    severity: 'info',
    when: 'After that, less than a twentieth fails.',
    whatToDo: 'Nothing.',
  },
  settlement_refused: {
    severity: 'critical',
    when: 'The store refused to book a call as it was, so it is booked as an estimate.',
    whatToDo: 'Look at the log for its request id, and run "spend verify".',
  },
  count_below_usage: {
    severity: 'warning',
    when: 'A provider counted fewer tokens for a call than it billed, so its counts are not believed any more.',
    whatToDo: 'Budgets hold all the same. Tell the provider, should it stay so.',
  },
  ledger_wrong: {
    severity: 'critical',
    when: 'The ledger was made again from its rows, by "spend verify" or once a day, and a sum differs.',
    whatToDo: 'Run "spend verify": it names each sum that differs. Keep a backup before anything is mended.',
  },
  liveness_silent: {
    severity: 'critical',
    when: 'No look at Coder has come to its end for ten minutes, or for three times GATEWAY_CODER_POLL_SECONDS.',
    whatToDo:
      'Look whether Coder runs and CODER_TOKEN is good: until then keys of stopped workspaces and of suspended people hold on to their maximum age.',
  },
  liveness_back: {
    severity: 'info',
    when: 'Coder is looked at again.',
    whatToDo: 'Nothing.',
  },
  model_ends: {
    severity: 'warning',
    when: 'A provider ends a model of the catalog within 30 days; again at 7 days.',
    whatToDo: 'Name a successor in the catalog, or another deployment.',
  },
  month_report: {
    severity: 'info',
    when: 'The day of the month that "spend schedule" sets has come: what the month before cost, by mail alone, with its table; once for each month, also those that were missed.',
    whatToDo: 'Nothing. "spend month" and the dashboard have the same figures.',
  },
  collapsed: {
    severity: 'warning',
    when: 'Of one kind there were more than ten within ten minutes: the rest is told as a number.',
    whatToDo: '"alerts list" has every one of them.',
  },
  test: {
    severity: 'info',
    when: '"alerts test" sends it, to each channel.',
    whatToDo: 'Nothing.',
  },
} as const satisfies Record<string, KindSpec>;

export type AlertKind = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as readonly AlertKind[];

export const isKind = (value: unknown): value is AlertKind =>
  typeof value === 'string' && Object.hasOwn(KINDS, value);
