import type { AttributeKind } from '../hcl/block-shape';
import { FIXED_SHAPES } from '../hcl/block-shape';
import type { Placed } from '../stack-blocks';
import { isObject, type Json, type JsonObject } from '../hcl/expressions';
import { templateParts } from '../hcl/strings';

/** A string of a block that Terraform reads as a template. */
export interface TemplateString {
  /** Where in the block: `option[1].value`. */
  readonly at: string;
  readonly text: string;
}

/** A nested block of a block. */
export interface NestedBody {
  readonly body: JsonObject;
  /** `option 2`, or `option "Small"` where the block has a name. */
  readonly label: string;
}

/** The text Terraform sees; nothing when the value is no string or holds an expression. */
export function literalText(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    if (templateParts(value).some(({ kind }) => kind === 'sequence')) return undefined;
  } catch {
    return undefined;
  }
  return value.replace(/([$%])\1\{/g, '$1{');
}

/** Whether the argument is written at all: Terraform takes null for absent. */
export const isPresent = (value: Json | undefined): value is Exclude<Json, null> =>
  value !== undefined && value !== null;

/** Whether a value holds an expression, so that nothing is known of it at synth. */
export const isExpression = (value: Json | undefined): boolean =>
  typeof value === 'string' && literalText(value) === undefined;

/** A value as a message shows it. */
export function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** The nested blocks of a type in a body: one is written without a list. */
export function nestedIn(body: JsonObject, type: string): JsonObject[] {
  const value = body[type];
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
}

/** Values at a path that leads through nested blocks: `healthcheck.interval`. */
export function valuesAt(body: JsonObject, path: string): Exclude<Json, null>[] {
  const [first = '', ...rest] = path.split('.');
  if (rest.length > 0) return nestedIn(body, first).flatMap((inner) => valuesAt(inner, rest.join('.')));
  const value = body[first];
  return isPresent(value) ? [value] : [];
}

/** A block of the configuration as rules see it. */
export class Block {
  readonly body: JsonObject;
  readonly path: string;

  constructor(
    readonly placed: Placed,
    stackPath: string,
  ) {
    // A local is a value, not a body with arguments.
    this.body = placed.kind !== 'locals' && isObject(placed.body) ? placed.body : { value: placed.body };
    this.path = placed.element?.node.path ?? stackPath;
  }

  get kind(): string {
    return this.placed.kind;
  }

  get type(): string {
    return this.placed.type;
  }

  get name(): string {
    return this.placed.name;
  }

  /** As other expressions name it: `data.coder_parameter.cpu`, `local.x`, `docker_volume.home`. */
  get address(): string {
    const { kind, type, name } = this.placed;
    if (kind === 'resource') return `${type}.${name}`;
    if (kind === 'data') return `data.${type}.${name}`;
    const prefix = { locals: 'local', variable: 'var' }[kind] ?? kind;
    return name === '' ? prefix : `${prefix}.${name}`;
  }

  /** The value of an argument; null counts as absent. */
  get(argument: string): Json | undefined {
    return this.body[argument] ?? undefined;
  }

  /** The text of an argument, where synth knows it. */
  text(argument: string): string | undefined {
    return literalText(this.get(argument));
  }

  /** Whether one block stands for any number of them, including none. */
  get isRepeated(): boolean {
    return this.get('count') !== undefined || this.get('for_each') !== undefined;
  }

  /** Nested blocks of a type, as they are written. */
  nested(type: string): NestedBody[] {
    return nestedIn(this.body, type).map((body, i) => {
      const name = literalText(body.name) ?? literalText(body.key);
      return { body, label: name === undefined ? `${type} ${i + 1}` : `${type} "${name}"` };
    });
  }

  /** Whether blocks of a type are made by an expression, so that their number and content are not known. */
  isDynamic(type: string): boolean {
    const dynamic = this.get('dynamic');
    const entries = Array.isArray(dynamic) ? (dynamic as readonly Json[]) : [dynamic];
    return isExpression(this.get(type)) || entries.some((entry) => isObject(entry) && type in entry);
  }

  /** The names that the content of `dynamic` blocks has for what they go over. */
  iterators(): ReadonlySet<string> {
    const names = new Set<string>();
    const visit = (value: Json | undefined): void => {
      if (Array.isArray(value)) (value as readonly Json[]).forEach(visit);
      if (!isObject(value)) return;
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'dynamic') collect(inner);
        visit(inner);
      }
    };
    const collect = (dynamic: Json): void => {
      for (const entry of Array.isArray(dynamic) ? (dynamic as readonly Json[]) : [dynamic]) {
        for (const [type, inner] of Object.entries(isObject(entry) ? entry : {})) {
          for (const one of Array.isArray(inner) ? (inner as readonly Json[]) : [inner]) {
            const iterator = isObject(one) ? one.iterator : undefined;
            names.add(typeof iterator === 'string' ? iterator : type);
          }
        }
      }
    };
    visit(this.body);
    return names;
  }

  /** Every string Terraform reads as a template, map keys included. */
  templates(without: readonly string[] = []): TemplateString[] {
    const found: TemplateString[] = [];
    const visit = (value: Json, at: string): void => {
      if (typeof value === 'string') found.push({ at, text: value });
      else if (Array.isArray(value)) {
        (value as readonly Json[]).forEach((item, i) => visit(item, `${at}[${i}]`));
      } else if (isObject(value)) {
        for (const [key, item] of Object.entries(value)) {
          if (key === '//') continue;
          if (/[$%]\{/.test(key)) found.push({ at, text: key });
          visit(item, at === '' ? key : `${at}.${key}`);
        }
      }
    };
    for (const [argument, value] of Object.entries(this.body)) {
      if (argument !== '//' && !without.includes(argument) && this.isTemplated(argument)) {
        visit(value, this.kind === 'locals' ? '' : argument);
      }
    }
    return found;
  }

  /** Some arguments are read as they are: descriptions of variables, names in `depends_on`. */
  private isTemplated(argument: string): boolean {
    if (argument === 'depends_on' || argument === 'provider' || argument === 'lifecycle') return false;
    if (!Object.hasOwn(FIXED_SHAPES, this.kind)) return true;
    const { attributes } = FIXED_SHAPES[this.kind as keyof typeof FIXED_SHAPES];
    const kind = (attributes as Readonly<Record<string, AttributeKind>>)[argument];
    return this.kind !== 'terraform' && (kind === undefined || kind === 'expression');
  }
}

/** Two blocks that each stand for none or more may be meant for different builds. */
export const canMeet = (one: Block, other: Block): boolean => !(one.isRepeated && other.isRepeated);
