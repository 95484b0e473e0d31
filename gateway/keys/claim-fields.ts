/** The fields of a workspace claim: exactly these, each of its type. A claim with more or less is of another version. */
import { GatewayError } from '../errors';

export interface WorkspaceClaim {
  readonly deployment: string;
  readonly workspace: { readonly id: string; readonly name: string };
  readonly owner: { readonly id: string; readonly name: string; readonly groups: readonly string[] };
  readonly template: { readonly id: string; readonly name: string; readonly version: string };
  /** As the claim has it; a value that is no level counts as the strictest. */
  readonly level: string;
  readonly transition: string;
  readonly issuedAt: Date;
  readonly prebuild: boolean;
}

interface Kind {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const LONGEST_TEXT = 512;
const MOST_GROUPS = 256;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

const isText = (value: unknown): value is string =>
  // Postgres text cannot hold a NUL.
  typeof value === 'string' && value.length <= LONGEST_TEXT && !value.includes('\0');

const kinds = {
  one: { expected: 'the number 1', accepts: (value) => value === 1 },
  text: { expected: 'a string', accepts: isText },
  name: { expected: 'a string that is not empty', accepts: (value) => isText(value) && value !== '' },
  // "|" separates the parts that a key is derived from.
  id: {
    expected: 'an id of letters, digits, ".", "_", ":" and "-"',
    // bounded: `isText`
    accepts: (value) => isText(value) && /^[A-Za-z0-9._:-]{1,128}$/.test(value),
  },
  names: {
    expected: `a list of at most ${MOST_GROUPS} strings`,
    accepts: (value) => Array.isArray(value) && value.length <= MOST_GROUPS && value.every(isText),
  },
  flag: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  time: {
    expected: 'a time as of RFC 3339',
    // bounded: `isText`
    accepts: (value) => isText(value) && RFC3339.test(value) && !Number.isNaN(Date.parse(value)),
  },
} as const satisfies Record<string, Kind>;

type Shape = { readonly [field: string]: Kind | Shape };

const SHAPE: Shape = {
  v: kinds.one,
  deployment: kinds.text,
  workspace: { id: kinds.id, name: kinds.name },
  owner: { id: kinds.id, name: kinds.name, groups: kinds.names },
  template: { id: kinds.id, name: kinds.name, version: kinds.text },
  level: kinds.text,
  transition: kinds.text,
  issued_at: kinds.time,
  prebuild: kinds.flag,
};

type Wire = Omit<WorkspaceClaim, 'issuedAt'> & { readonly issued_at: string };

/** Reads an authentic claim's JSON. Throws `claim_malformed`, naming the field. */
export function readClaimFields(bytes: Buffer): WorkspaceClaim {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed('it is not JSON text in UTF-8');
  }
  checkShape('', SHAPE, parsed);
  const { deployment, workspace, owner, template, level, transition, issued_at, prebuild } = parsed as Wire;
  return {
    deployment,
    workspace,
    owner,
    template,
    level,
    transition,
    issuedAt: new Date(issued_at),
    prebuild,
  };
}

function checkShape(path: string, shape: Shape, value: unknown): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw malformed(`"${path === '' ? 'claim' : path.slice(0, -1)}" must be an object`);
  const fields = value as Record<string, unknown>;
  for (const field of Object.keys(fields))
    if (!Object.hasOwn(shape, field)) throw malformed(`"${path}${field}" is not a field of it`);
  for (const [field, rule] of Object.entries(shape)) {
    if (!Object.hasOwn(fields, field)) throw malformed(`"${path}${field}" is missing`);
    if (!isKind(rule)) checkShape(`${path}${field}.`, rule, fields[field]);
    else if (!rule.accepts(fields[field])) throw malformed(`"${path}${field}" must be ${rule.expected}`);
  }
}

const isKind = (rule: Kind | Shape): rule is Kind => typeof (rule as Kind).accepts === 'function';

const malformed = (what: string): GatewayError =>
  new GatewayError('claim_malformed', {
    message: `The workspace claim cannot be used: ${what}. Template and gateway are of different versions; push the current template and restart the workspace.`,
  });
