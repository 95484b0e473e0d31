import type { TerraformStack } from 'cdktf';
import { isObject, type Json, type JsonObject } from '../hcl/expressions';
import type { Token } from '../hcl/lexer';
import { inTreeOrder } from '../stack-blocks';
import { Block, type TemplateString } from './block';
import { tokensOf, usesOf, type Reference } from './expressions';

/** Something an expression comes to use, itself or through locals. */
export interface Reached<Thing> {
  readonly thing: Thing;
  /** Where in the block it begins. */
  readonly at: string;
  /** The locals it goes through, as ` through local.a`; empty when the block uses it itself. */
  readonly through: string;
}

/** The expressions of one string of a block, or of a local the block uses. */
export type ReachedTokens = Reached<readonly Token[]>;

/** What rules need to know of the whole stack. */
export class StackFacts {
  readonly blocks: readonly Block[];
  private readonly byAddress = new Map<string, Block>();

  constructor(
    readonly stack: TerraformStack,
    readonly configuration: JsonObject,
    /** Text by path of what is shipped beside the HCL. */
    readonly files: ReadonlyMap<string, string> = new Map(),
  ) {
    this.blocks = inTreeOrder(stack, configuration).map((placed) => new Block(placed, stack.node.path));
    for (const block of this.blocks) this.byAddress.set(block.address, block);
  }

  /** The block that expressions name so. */
  find(address: string): Block | undefined {
    return this.byAddress.get(address);
  }

  /** All blocks of a resource or data source. */
  ofType(kind: 'resource' | 'data', type: string): Block[] {
    return this.blocks.filter((block) => block.kind === kind && block.type === type);
  }

  /** The first block before this one, of its kind and type, that is like it. */
  earlier(block: Block, isLike: (other: Block) => boolean): Block | undefined {
    const siblings = this.blocks.filter(({ kind, type }) => kind === block.kind && type === block.type);
    return siblings.slice(0, siblings.indexOf(block)).find(isLike);
  }

  /** The variable or local that a reference begins with. */
  target(reference: Reference): Block | undefined {
    return this.find(reference.slice(0, 2).join('.'));
  }

  /** All expressions of a block, those of the locals it uses included. */
  expressions(block: Block, options: ReachOptions = {}): ReachedTokens[] {
    const found: ReachedTokens[] = [];
    const seen = new Set<string>();
    const visit = (template: string, at: string, chain: readonly string[]): void => {
      const through = chain.length === 0 ? '' : ` through ${chain.join(', ')}`;
      const tokens = (options.reading ?? ((read) => read))(tokensOf(template));
      if (tokens.length === 0) return;
      found.push({ thing: tokens, at, through });
      for (const reference of usesOf(tokens).references.filter(([root]) => root === 'local')) {
        const local = this.target(reference);
        const part = local && partOf(local, reference);
        const key = `${at} ${reference[1] ?? ''} ${part ?? ''}`;
        if (local === undefined || seen.has(key)) continue;
        seen.add(key);
        for (const inner of local.templates()) {
          if (part === undefined || topOf(inner.at) === part)
            visit(inner.text, at, [...chain, local.address]);
        }
      }
    };
    for (const { at, text } of options.templates ?? block.templates(options.without)) {
      if (options.only === undefined || options.only.includes(topOf(at))) visit(text, at, []);
    }
    return found;
  }

  /** All names a block looks up, itself and through locals. */
  references(block: Block, options: ReachOptions = {}): Reached<Reference>[] {
    const iterators = block.iterators();
    return this.expressions(block, options).flatMap(({ thing, at, through }) =>
      usesOf(thing)
        .references.filter(([root]) => through !== '' || !iterators.has(root ?? ''))
        .map((reference) => ({ thing: reference, at, through })),
    );
  }

  /** All functions a block calls, itself and through locals. */
  functions(block: Block, options: ReachOptions = {}): Reached<string>[] {
    return this.expressions(block, options).flatMap(({ thing, at, through }) =>
      usesOf(thing).functions.map((name) => ({ thing: name, at, through })),
    );
  }

  /** The body of a top-level `terraform` block. */
  get terraform(): JsonObject {
    const body: Json | undefined = this.configuration.terraform;
    return isObject(body) ? body : {};
  }
}

/** Which arguments of a block count. */
export interface ReachOptions {
  /** @default - all */
  readonly only?: readonly string[];
  /** @default - none */
  readonly without?: readonly string[];
  /** What to look at in place of the block's own arguments. @default - all of its templates */
  readonly templates?: readonly TemplateString[];
  /** Leaves out the part of an expression that does not matter, and the locals reached by it. @default - all of it matters */
  readonly reading?: (tokens: readonly Token[]) => readonly Token[];
}

/** The entry of a local that a reference takes, so that the other entries do not count. */
const partOf = (local: Block, [, , part]: Reference): string | undefined =>
  part !== undefined && isObject(local.placed.body) && part in local.placed.body ? part : undefined;

const topOf = (at: string): string => /^[^.[]*/.exec(at)?.[0] ?? at;
