/** Holds a value against its shape, since the types of a program are gone when it runs. */
import { shown } from '../../synth/shown';
import { makerOf } from './made-values';
import { SHAPES, type Member, type Members, type Shape } from './shape';
import {
  isObject,
  isOfKind,
  isOfLibrary,
  isPlain,
  membersOf,
  pathOf,
  PLAIN,
  UNUSABLE,
  type PlainShape,
} from './shape-kinds';
import { article, lowerFirst, meantBy, mustBe, mustBeOneOf } from './shape-words';

export interface ShapeFault {
  /** As the user would write it: `policy.floors.groups.contractors`; empty for the whole. */
  readonly path: string;
  /** What follows the path in a sentence. */
  readonly text: string;
  /** Whether nothing has this name: the rest is as good as without it. @default false */
  readonly isUnknown?: boolean;
}

export interface CheckedShape {
  readonly faults: readonly ShapeFault[];
  /**
   * A copy, read once, that rules and constructs can work on whatever the faults: without what is unknown, with what is
   * wrong left out or stood in for. Nothing when there is no way to.
   */
  readonly usable: unknown;
}

export interface ShapeCheckOptions {
  /** Where the value is: what paths begin with. @default - nowhere */
  readonly at?: string;
  /** Taken for members that are wrong and required. @default - none */
  readonly fallback?: unknown;
}

/** Levels below a member that may hold any JSON. */
const DEEPEST_JSON = 32;
const standInOf = (shape: Shape): unknown => {
  if (typeof shape !== 'string') return 'oneOf' in shape ? shape.oneOf[0] : UNUSABLE;
  return shape === 'json' ? undefined : PLAIN[shape].standIn;
};

/** @param shape name of an entry of the table */
export function checkShape(value: unknown, shape: string, options: ShapeCheckOptions = {}): CheckedShape {
  const check = new ShapeCheck(shape, options.at ?? '');
  const usable = check.walk(value, { type: shape }, options.at ?? '', options.fallback);
  return { faults: check.faults, usable: usable === UNUSABLE ? undefined : usable };
}

class ShapeCheck {
  readonly faults: ShapeFault[] = [];

  constructor(
    private readonly root: string,
    private readonly rootPath: string,
  ) {}

  /** @returns what is of use in it */
  walk(value: unknown, shape: Shape, at: string, fallback?: unknown): unknown {
    if (typeof shape === 'string') return this.walkPlain(value, shape, at, fallback);
    if ('oneOf' in shape) {
      if (shape.oneOf.includes(value as string)) return value;
      return this.fault(at, mustBeOneOf(value, shape.oneOf), fallback ?? shape.oneOf[0]);
    }
    if ('list' in shape) return this.walkList(value, shape.list, at, fallback);
    if ('tuple' in shape) return this.walkTuple(value, shape.tuple, at, fallback);
    if ('byName' in shape) return this.walkByName(value, shape.byName, at, fallback);
    if ('map' in shape) return this.walkMap(value, shape.map, at);
    if ('either' in shape) return this.walkEither(value, shape, at, fallback);
    if ('members' in shape) return this.walkMembers(value, shape, false, at, fallback);
    if ('value' in shape) return this.walkValue(value, shape.value, at);
    if ('construct' in shape) return this.walkConstruct(value, shape, at);
    const { members, open = false } = SHAPES.types[shape.type] ?? { members: {} };
    return this.walkMembers(value, { members }, open, at, fallback);
  }

  private fault(path: string, text: string, usable: unknown = UNUSABLE): unknown {
    this.faults.push({ path, text });
    return usable;
  }

  private walkPlain(value: unknown, shape: PlainShape | 'json', at: string, fallback: unknown): unknown {
    if (shape === 'json') return this.walkJson(value, at, []);
    const { is, standIn } = PLAIN[shape];
    if (is(value)) return value;
    return this.fault(at, mustBe(shape, value), fallback ?? standIn);
  }

  private walkList(value: unknown, shape: Shape, at: string, fallback: unknown): unknown {
    if (!Array.isArray(value)) return this.fault(at, mustBe({ list: shape }, value), fallback ?? UNUSABLE);
    // Holes are elements as well.
    const elements = Array.from(value, (one, index) => this.required(one, { shape }, `${at}[${index}]`));
    return elements.includes(UNUSABLE) ? (fallback ?? UNUSABLE) : elements;
  }

  private walkTuple(value: unknown, shapes: readonly Shape[], at: string, fallback: unknown): unknown {
    if (!Array.isArray(value) || value.length !== shapes.length)
      return this.fault(at, `must be a list of ${shapes.length}, got ${shown(value)}`, fallback ?? UNUSABLE);
    const elements = shapes.map((shape, index) => this.required(value[index], { shape }, `${at}[${index}]`));
    return elements.includes(UNUSABLE) ? (fallback ?? UNUSABLE) : elements;
  }

  private walkByName(value: unknown, shape: Shape, at: string, fallback: unknown): unknown {
    if (!isPlain(value)) return this.fault(at, mustBe({ byName: shape }, value), fallback ?? UNUSABLE);
    const entries = Object.keys(value).map(
      (name) => [name, this.required(this.read(value, name, at), { shape }, pathOf(at, name))] as const,
    );
    return Object.fromEntries(entries.filter(([, one]) => one !== UNUSABLE));
  }

  private walkMap(value: unknown, shape: Shape, at: string): unknown {
    if (!(value instanceof Map)) return this.fault(at, mustBe({ map: shape }, value));
    const entries = [...value].map(([name, one]: [unknown, unknown]) => {
      const path = `${at}.get(${shown(name)})`;
      const key = typeof name === 'string' ? name : this.fault(path, `must have text for its name`);
      return [key, this.required(one, { shape }, path)] as const;
    });
    return entries.some((entry) => entry.includes(UNUSABLE)) ? UNUSABLE : new Map(entries);
  }

  private walkEither(
    value: unknown,
    shape: Shape & { either: readonly Shape[] },
    at: string,
    fallback: unknown,
  ) {
    const near = shape.either.find((one) => isOfKind(value, one));
    if (near !== undefined) return this.walk(value, near, at, fallback);
    return this.fault(at, mustBe(shape, value), fallback ?? UNUSABLE);
  }

  private walkMembers(
    value: unknown,
    { members }: { readonly members: Members },
    open: boolean,
    at: string,
    fallback: unknown,
  ): unknown {
    if (!isObject(value) || makerOf(value) !== undefined || (!open && isOfLibrary(value)))
      return this.fault(at, mustBe({ members }, value), fallback ?? UNUSABLE);
    const found: Record<string, unknown> = {};
    let isUsable = true;
    for (const [name, member] of Object.entries(members)) {
      const path = pathOf(at, name);
      const given = this.read(value, name, at);
      if (given === UNUSABLE) {
        isUsable &&= member.optional === true;
        continue;
      }
      if (given === undefined && member.optional) continue;
      const usable = this.required(given, member, path, isObject(fallback) ? fallback[name] : undefined);
      if (usable !== UNUSABLE) found[name] = usable;
      else isUsable &&= member.optional === true;
    }
    // A class may have more than what is asked of it; what was written out may not.
    if (!open && isPlain(value))
      for (const name of Object.keys(value))
        if (!Object.hasOwn(members, name)) this.unknown(name, members, at);
    if (!isUsable) return fallback ?? UNUSABLE;
    return open ? value : found;
  }

  private required(value: unknown, member: Member, at: string, fallback?: unknown): unknown {
    if (value !== undefined && (value !== null || member.shape === 'json'))
      return this.walk(value, member.shape, at, fallback);
    const what = `${article(member.shape)}${member.doc === undefined ? '' : ` (${lowerFirst(member.doc)})`}`;
    const advice = member.optional
      ? `leave it out for the default${member.default === undefined ? '' : `, ${member.default}`}`
      : 'give one';
    const text =
      value === null
        ? `must be ${article(member.shape)}, got null: ${advice}`
        : `is missing: it must be ${what}`;
    return this.fault(at, text, fallback ?? standInOf(member.shape));
  }

  private read(value: object, name: string, at: string): unknown {
    try {
      return (value as Record<string, unknown>)[name];
    } catch (error) {
      const why = error instanceof Error ? error.message : 'its getter fails';
      return this.fault(pathOf(at, name), `cannot be read: ${shown(why)}`);
    }
  }

  private unknown(name: string, members: Members, at: string): void {
    const meant = meantBy(name, Object.keys(members));
    const home = meant === undefined ? this.homeOf(name) : undefined;
    const names = Object.keys(members);
    const advice =
      meant !== undefined
        ? `did you mean "${meant}"?`
        : home !== undefined
          ? `it belongs at "${home}"`
          : names.length === 0
            ? 'leave it out'
            : `there are ${names.map((known) => `"${known}"`).join(', ')}`;
    this.faults.push({ path: pathOf(at, name), text: `is not known: ${advice}`, isUnknown: true });
  }

  /** Where a name is known that is given elsewhere; the nearest to the root. */
  private homeOf(name: string): string | undefined {
    let level: (readonly [path: string, shape: Shape])[] = [[this.rootPath, { type: this.root }]];
    for (let depth = 0; depth < 4 && level.length > 0; depth += 1) {
      const inner = level.flatMap(([path, shape]) =>
        Object.entries(membersOf(shape)).map(
          ([each, member]) => [pathOf(path, each), member.shape, each] as const,
        ),
      );
      const home = inner.find(([, , each]) => each === name);
      if (home !== undefined) return home[0];
      level = inner.map(([path, shape]) => [path, shape] as const);
    }
    return undefined;
  }

  private walkValue(value: unknown, of: string, at: string): unknown {
    const maker = makerOf(value);
    if (maker?.of !== of) return this.fault(at, mustBe({ value: of }, value));
    const parameters = SHAPES.values[of]?.factories[maker.factory] ?? [];
    const before = this.faults.length;
    parameters.forEach((parameter, position) => {
      const given = maker.args[position];
      if (given === undefined && parameter.optional) return;
      this.required(given, parameter, `${at} = ${of}.${maker.factory}(${parameter.name})`);
    });
    return this.faults.length === before ? value : UNUSABLE;
  }

  private walkConstruct(value: unknown, shape: Shape & { construct: string }, at: string): unknown {
    return isObject(value) && isObject(value['node']) ? value : this.fault(at, mustBe(shape, value));
  }

  private walkJson(value: unknown, at: string, above: readonly unknown[]): unknown {
    if (typeof value === 'number' ? Number.isFinite(value) : ['string', 'boolean'].includes(typeof value))
      return value;
    if (value === null || value === undefined) return value;
    if (above.includes(value)) return this.fault(at, 'must not hold itself: it is written as JSON');
    if (above.length === DEEPEST_JSON)
      return this.fault(at, `must not go more than ${DEEPEST_JSON} levels deep`);
    const inner = [...above, value];
    if (Array.isArray(value)) return value.map((one, index) => this.walkJson(one, `${at}[${index}]`, inner));
    if (!isPlain(value)) return this.fault(at, `must be what can be written as JSON, got ${shown(value)}`);
    return Object.fromEntries(
      Object.keys(value).map((name) => [
        name,
        this.walkJson(this.read(value, name, at), pathOf(at, name), inner),
      ]),
    );
  }
}
