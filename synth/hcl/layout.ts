import type { IConstruct } from 'constructs';

/** Where a construct's blocks go and what is said above them. */
export interface Placement {
  /** Name of the file without `.tf`. */
  readonly file: string;
  /** On an element: printed above its block. On a group: the header above its first block in the file. */
  readonly comment?: string;
}

export interface PlacementOptions {
  /**
   * What a reader should know: printed as `#` lines, wrapped.
   * @default - no comment
   */
  readonly comment?: string;
}

const PLACEMENT = Symbol.for('contractor-workspace/placement');

/**
 * Sends the blocks of `scope` and of everything below it to `<file>.tf`. The nearest placement up the tree counts.
 * @throws Error for a name that is not lower-case words joined by hyphens, or that Terraform would take for an override
 * file: Coder's form does not merge those
 */
export function placeIn(scope: IConstruct, file: string, options: PlacementOptions = {}): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(file)) {
    throw new Error(
      `"file" must be lower-case words joined by hyphens, without ".tf", got ${JSON.stringify(file)}`,
    );
  }
  if (file === 'override') {
    throw new Error(
      '"file" must not be "override": Terraform merges override.tf into other files, Coder\'s form does not',
    );
  }
  const placement: Placement = { file, ...options };
  Object.defineProperty(scope, PLACEMENT, { value: placement, configurable: true });
}

function ownPlacement(scope: IConstruct): Placement | undefined {
  return (scope as { [PLACEMENT]?: Placement })[PLACEMENT];
}

/** The placement that counts for a construct, with the headers of the groups it stands in, outermost first. */
export interface ResolvedPlacement {
  /** @default - nobody said: decided by the kind of block */
  readonly file?: string;
  /** Comment of the element itself. */
  readonly comment?: string;
  readonly groups: readonly { readonly scope: IConstruct; readonly placement: Placement }[];
}

/** Looks up the tree from an element to its stack. */
export function placementOf(element: IConstruct): ResolvedPlacement {
  const placed = element.node.scopes
    .map((scope) => ({ scope, placement: ownPlacement(scope) }))
    .filter((entry): entry is { scope: IConstruct; placement: Placement } => entry.placement !== undefined);
  const own = ownPlacement(element);
  const file = placed.at(-1)?.placement.file;
  return {
    ...(file === undefined ? {} : { file }),
    ...(own?.comment === undefined ? {} : { comment: own.comment }),
    groups: placed.filter(
      ({ scope, placement }) =>
        scope !== element && placement.comment !== undefined && placement.file === file,
    ),
  };
}

/** Files by kind of block, for elements nobody placed; the first entry that fits. */
const DEFAULT_FILES: readonly { readonly kind: string; readonly type?: RegExp; readonly file: string }[] = [
  { kind: 'terraform', file: 'versions' },
  { kind: 'provider', file: 'providers' },
  { kind: 'variable', file: 'variables' },
  { kind: 'data', type: /^coder_(parameter|workspace_preset|workspace_tags)$/, file: 'parameters' },
  { kind: 'output', file: 'outputs' },
];

export function defaultFile(kind: string, type: string | undefined): string {
  const entry = DEFAULT_FILES.find(
    (candidate) => candidate.kind === kind && (candidate.type?.test(type ?? '') ?? true),
  );
  return entry?.file ?? 'main';
}

/** What each well-known file holds: its first line. Also the order of the files; others follow by name. */
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
  modules: 'Modules of others, each held to one version.',
  'start-up': 'What else happens when the workspace starts.',
  main: '',
  outputs: '',
};

/** Files in the order of the list, others by name. */
export const compareFiles =
  (known: readonly string[] = Object.keys(FILE_TITLES)) =>
  (a: string, b: string): number => {
    const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
    return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
  };
