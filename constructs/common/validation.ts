/** What must hold of props, and the one error that tells of all that does not. */
import type { IConstruct } from 'constructs';
import { shown } from '../../synth/shown';
import { checkShape, type ShapeCheckOptions } from './shape-check';

/** One thing that must hold of a construct's props. */
export interface Rule<Props> {
  /**
   * The prop of the whole workspace that the rule is about, where it is one: `policy.gateways`. The message goes on from it.
   *
   * @default - the message says what it is about
   */
  readonly prop?: string;
  /** Other props the rule reads: it says nothing while their types are wrong. @default - none */
  readonly needs?: readonly string[];
  readonly holds: (props: Props) => boolean;
  /** What is wrong, the value got, what is allowed, what to do; in terms of the prop the user typed. */
  readonly message: (props: Props) => string;
}

/** Something that is wrong. */
export interface Fault {
  /** As the user would write it: `workspace.policy.floors`; the text goes on from it, or begins with a colon. @default - the text says where */
  readonly path?: string;
  readonly text: string;
  /** Paths the text relies on. @default - none */
  readonly needs?: readonly string[];
  /** Whether `path` is one of the whole, whoever found the fault. @default false */
  readonly isTyped?: boolean;
  /** Whether it is in a part that the user of the whole did not write. @default false */
  readonly isPart?: boolean;
  /** Whether it is a matter of types, so that nothing else can be said of the value. @default false */
  readonly isShape?: boolean;
  /** Whether it is only that nothing has this name. @default false */
  readonly isUnknown?: boolean;
}

/** Faults that one error lists; who has more does not read on. */
const MOST_FAULTS = 50;

const render = ({ path, text }: Fault): string => {
  if (path === undefined) return text;
  if (path === '') return `what is given ${text}`;
  return `"${path}"${text.startsWith(':') ? '' : ' '}${text}`;
};

/** Thrown for props that break rules; its message lists every fault. */
export class ValidationError extends Error {
  /** One line each. */
  readonly faults: readonly string[];

  /** @param title of what is not valid: the path of a construct, or what a program declares */
  constructor(title: string, found: readonly Fault[]) {
    const faults = [...new Set(told(found).map(render))];
    const lines = faults.slice(0, MOST_FAULTS).map((fault) => `- ${fault}`);
    if (faults.length > MOST_FAULTS) lines.push(`- and ${faults.length - MOST_FAULTS} more`);
    super(`${title}: ${faults.length === 1 ? 'a prop is' : 'props are'} not valid\n${lines.join('\n')}`);
    this.name = 'ValidationError';
    this.faults = faults;
  }
}

/**
 * Without what only follows from another: what depends on a wrong type, and what a part says that the user did not write
 * while something the user wrote is wrong.
 */
function told(found: readonly Fault[]): readonly Fault[] {
  const own = found.filter(({ isPart }) => !isPart);
  const faults = own.length === 0 ? found : own;
  const wrong = faults
    .filter(({ isShape, isUnknown }) => isShape && !isUnknown)
    .flatMap(({ path }) => path ?? []);
  const meets = (path: string): boolean => wrong.some((one) => isWithin(one, path) || isWithin(path, one));
  return faults.filter(
    ({ isShape, path, needs = [] }) =>
      isShape === true || ![...(path === undefined ? [] : [path]), ...needs].some(meets),
  );
}

const isWithin = (path: string, outer: string): boolean =>
  path === outer || (path.startsWith(outer) && /^[.[ ]/.test(path.slice(outer.length)));

/** Where faults go while a composition is made. */
interface Collection {
  readonly title: string;
  /** What the paths of its props begin with. */
  readonly at: string;
  readonly faults: Fault[];
}

/** Nowhere means: thrown at once. */
let collection: Collection | undefined;

export interface Composition {
  /** What the error says is not valid. */
  readonly title: string;
  /** Where the user typed the props: `workspace`. @default - they are the whole */
  readonly at?: string;
}

/**
 * Makes a composition of constructs whose faults are told together: who has three to mend reads of three.
 *
 * @throws ValidationError with the faults of everything that was made
 */
export function withAllFaults<T>({ title, at = '' }: Composition, make: () => T): T {
  if (collection !== undefined) return make();
  const { faults } = (collection = { title, at, faults: [] as Fault[] });
  let result: T | undefined;
  try {
    result = make();
  } catch (error) {
    // What stumbles over a fault already known says nothing new.
    if (faults.length === 0) throw error;
  } finally {
    collection = undefined;
  }
  if (faults.length > 0) throw new ValidationError(title, faults);
  return result as T;
}

/**
 * Tells of faults with all others of the composition.
 *
 * @param title of what they are in; said where it is a part of something that the user did not write
 * @throws ValidationError at once where there is no composition
 */
export function report(title: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  if (collection === undefined) throw new ValidationError(title, faults);
  const isWhole = collection.title === title;
  collection.faults.push(
    ...faults.map((fault) =>
      isWhole || fault.isTyped
        ? fault
        : { ...fault, path: undefined, isPart: true, text: `${title}: ${render(fault)}` },
    ),
  );
}

/** Whether the composition that is made will be refused. */
export const isRefused = (): boolean => collection !== undefined && collection.faults.length > 0;

/** Where the user typed a prop of the whole. */
export const typedAt = (prop: string): string => {
  const at = collection?.at ?? '';
  return at === '' ? prop : `${at}.${prop}`;
};

/**
 * Checks what a user wrote against its type, and reports what is wrong.
 *
 * @param shape name of its interface
 * @returns a copy that was read once and holds nothing wrong, to go on with: the rules have something to say as well
 * @throws ValidationError when there is nothing to go on with
 */
export function checkTypes<Props>(
  title: string,
  shape: string,
  props: unknown,
  options?: ShapeCheckOptions,
): Props {
  const { faults, usable } = checkShape(props, shape, options);
  const found = faults.map((fault) => ({ ...fault, isShape: true }));
  if (usable === undefined) {
    report(title, found);
    throw new ValidationError(title, found);
  }
  report(title, found);
  return usable as Props;
}

/**
 * Checks props against their type and all rules.
 *
 * @param shape name of the interface of the props. @default - they are made by ourselves
 * @throws ValidationError that names every fault, not only the first
 */
export function validateProps<Props>(
  scope: IConstruct,
  shape: string | undefined,
  props: Props,
  rules: readonly Rule<Props>[] = [],
): void {
  const title = scope.node.path;
  withAllFaults({ title }, () => {
    const usable = shape === undefined ? props : checkTypes<Props>(title, shape, props);
    const broken = rules.filter((rule) => !rule.holds(usable));
    report(
      title,
      broken.map(({ prop, needs, message }) => ({
        path: prop === undefined ? undefined : typedAt(prop),
        isTyped: prop !== undefined,
        needs: needs?.map(typedAt),
        text: message(usable),
      })),
    );
  });
}

/** The values as a reader's list: "a", "b". */
export const listed = (values: readonly unknown[]): string => values.map((value) => shown(value)).join(', ');
