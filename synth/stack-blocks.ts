import { TerraformElement, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { isObject, type Json, type JsonObject } from './hcl/expressions';

/** A top-level block of a configuration, or one of its locals, and the construct it came from. */
export interface Placed {
  /** `resource`, `data`, `locals`, `terraform` … */
  readonly kind: string;
  /** Resource or data source type; for every other kind the kind again. */
  readonly type: string;
  /** Logical id, or type of a provider; empty for kinds without names. */
  readonly name: string;
  /** What stands between the braces; the value of a local. */
  readonly body: Json;
  /** @default - declared by an override of the stack */
  readonly element?: IConstruct;
}

type Reader = (kind: string, value: Json) => Placed[];

const list: Reader = (kind, value) => asList(value).map((body) => ({ kind, type: kind, name: '', body }));
const byName: Reader = (kind, value) =>
  Object.entries(asBody(kind, value))
    .filter(([name]) => name !== '//')
    .map(([name, body]) => ({ kind, type: kind, name, body }));
const byTypeAndName: Reader = (kind, value) =>
  byName(kind, value).flatMap(({ name: type, body }) =>
    byName(kind, body).map((block) => ({ ...block, type })),
  );

const READERS: Readonly<Record<string, Reader>> = {
  terraform: list,
  locals: byName,
  variable: byName,
  module: byName,
  output: byName,
  data: byTypeAndName,
  resource: byTypeAndName,
  provider: (kind, value) =>
    byName(kind, value).flatMap(({ name, body }) =>
      asList(body).map((one) => ({ kind, type: kind, name, body: one })),
    ),
  moved: list,
  import: list,
};

/**
 * All blocks of a configuration in JSON syntax, in its own order.
 * @throws Error for a kind of top-level block the HCL writer does not know
 */
function blocksOf(configuration: JsonObject): Placed[] {
  return Object.entries(configuration).flatMap(([kind, content]) => {
    // cdktf gives what an element does not declare as undefined.
    if (kind === '//' || content === undefined) return [];
    const read = READERS[kind];
    if (read === undefined) {
      throw new Error(
        `unknown top-level block "${kind}": the HCL writer knows ${Object.keys(READERS).join(', ')}`,
      );
    }
    return read(kind, content);
  });
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

function asBody(name: string, value: Json): JsonObject {
  if (!isObject(value)) throw new Error(`"${name}" must be a block, got ${JSON.stringify(value)}`);
  return value;
}

/** Blocks of one address follow each other in a list, as cdktf joins them along the tree. */
const addressOf = ({ kind, type, name }: Placed): string => `${kind} ${type} ${name}`;

/**
 * Cuts the JSON of a whole stack into blocks, each with its construct, in the order of the construct tree; what no
 * construct declares comes first.
 *
 * @param configuration resolved, in Terraform's JSON syntax, as `toTerraform()` returns it
 */
export function inTreeOrder(stack: TerraformStack, configuration: JsonObject): readonly Placed[] {
  const known = KNOWN.get(configuration) ?? placeBlocks(stack, configuration);
  KNOWN.set(configuration, known);
  return known;
}

/** Rules and writer ask for the same configuration one after the other. */
const KNOWN = new WeakMap<JsonObject, readonly Placed[]>();

function placeBlocks(stack: TerraformStack, configuration: JsonObject): Placed[] {
  const elements = new Map<string, { readonly element: IConstruct; readonly rank: number }[]>();
  elementsOf(stack).forEach((element, rank) => {
    for (const block of blocksOf(element.toTerraform() as JsonObject)) {
      const address = addressOf(block);
      elements.set(address, [...(elements.get(address) ?? []), { element, rank }]);
    }
  });
  return blocksOf(configuration)
    .map((block, position) => {
      // Every provider declares a part of the one terraform block.
      const owner = block.kind === 'terraform' ? undefined : elements.get(addressOf(block))?.shift();
      return {
        position,
        rank: owner?.rank ?? -1,
        block: owner ? { ...block, element: owner.element } : block,
      };
    })
    .sort((a, b) => a.rank - b.rank || a.position - b.position)
    .map(({ block }) => block);
}

/** The Terraform elements of a stack in tree order, those of stacks inside it left out. */
function elementsOf(scope: IConstruct): TerraformElement[] {
  const own = TerraformElement.isTerraformElement(scope) ? [scope] : [];
  return own.concat(
    scope.node.children
      .filter((child) => !TerraformStack.isStack(child))
      .flatMap((child) => elementsOf(child)),
  );
}
