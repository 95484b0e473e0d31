import type { IConstruct } from 'constructs';

/** Where the blocks of a construct and of all beneath it are written. */
export interface Placement {
  /** Name of the file without `.tf`. */
  readonly file: string;
  /** Printed above the first block of the construct. @default - none */
  readonly comment?: string;
}

const PLACEMENT = Symbol.for('contractor-workspace/placement');

/** What each well-known file holds: its first line. Also the order in which files are made. */
export const FILE_TITLES: Readonly<Record<string, string>> = {
  versions: 'Terraform and the providers this template works with.',
  providers: 'Provider settings: Coder fills them in.',
  variables: 'What the platform engineer gives at push.',
  parameters: 'The workspace form.',
  workspace: 'The workspace: agent, container, home.',
  editor: 'VS Code in the browser.',
  enforcement: 'How strictly the assistant works: the strictest of choice and policy.',
  identity: 'Proof toward the AI gateway of which workspace this is.',
  ai: 'The AI set-up: models, assistants, and the script that connects them.',
  'start-up': 'What else happens when the workspace starts.',
  main: '',
  outputs: 'Outputs.',
};

const DEFAULT_FILES: readonly { readonly kind: string; readonly type?: RegExp; readonly file: string }[] = [
  { kind: 'terraform', file: 'versions' },
  { kind: 'provider', file: 'providers' },
  { kind: 'variable', file: 'variables' },
  { kind: 'output', file: 'outputs' },
  { kind: 'data', type: /^coder_(parameter|workspace_preset|workspace_tags)$/, file: 'parameters' },
];

/**
 * Writes the blocks of a construct, and of all beneath it, into one file.
 *
 * @param file name without `.tf`; the nearest construct above a block that has one decides
 * @param options.comment printed as `# …` above the construct's first block
 * @throws Error for a name Terraform would merge into others (`*_override`) or Coder leaves out (`.…`)
 */
export function placeIn(scope: IConstruct, file: string, options: { readonly comment?: string } = {}): void {
  if (!/^[a-z][a-z0-9-]*$/.test(file)) {
    throw new Error(
      `${scope.node.path}: a file name must be lower case letters, digits and hyphens without ".tf", got "${file}"`,
    );
  }
  Object.defineProperty(scope, PLACEMENT, {
    value: { file, ...options } satisfies Placement,
    configurable: true,
  });
}

const ownPlacement = (construct: IConstruct): Placement | undefined =>
  (construct as { [PLACEMENT]?: Placement })[PLACEMENT];

/** The file of a block, and the construct whose placement decided, if any did. */
export function fileOf(
  construct: IConstruct | undefined,
  kind: string,
  type: string,
): { readonly file: string; readonly decidedBy?: IConstruct; readonly comment?: string } {
  for (const scope of [...(construct?.node.scopes ?? [])].reverse()) {
    const placement = ownPlacement(scope);
    if (placement) return { ...placement, decidedBy: scope };
  }
  const match = DEFAULT_FILES.find(
    (entry) => entry.kind === kind && (entry.type === undefined || entry.type.test(type)),
  );
  return { file: match?.file ?? 'main' };
}

/** Files in the order of the table, others by name. */
export function compareFiles(a: string, b: string): number {
  const known = Object.keys(FILE_TITLES);
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}
