/** The result as TypeScript that people review: a catalog, and the policy as shipped with what the file says otherwise. */
import { dirname, join, relative, sep } from 'node:path';
import type { Catalog } from '../../src/catalog';
import type { Policy, Scope } from '../../src/policy';
import { ROOT } from '../root';
import type { PolicyChanges } from './settings';

/** Scopes whose models the policy as shipped names. */
export interface ScopeModels {
  readonly scope: string;
  readonly models: readonly string[];
}

/** Scopes that name models which are not in the catalog get the cheapest one. */
export function scopeModels(policy: Policy, { models, smallModel }: Catalog): ScopeModels[] {
  const names = new Set(models.flatMap(({ name, aliases }) => [name, ...aliases]));
  return Object.entries(policy.scopes).flatMap(([scope, { models: wanted }]) => {
    if (wanted === 'all' || wanted.every((name) => names.has(name))) return [];
    const known = wanted.filter((name) => names.has(name));
    return [{ scope, models: known.length > 0 ? known : [smallModel] }];
  });
}

/** The policy that the program comes to. */
export function changedPolicy(
  policy: Policy,
  changes: PolicyChanges,
  scopes: readonly ScopeModels[],
): Policy {
  const changed: Record<string, Scope> = {
    ...policy.scopes,
    user: { ...policy.scopes.user, ...changes.user },
  };
  for (const { scope, models } of scopes) changed[scope] = { ...(changed[scope] as Scope), models };
  return { ...policy, scopes: changed as Policy['scopes'], owner: { ...policy.owner, ...changes.owner } };
}

/** @param file where it will lie; undefined: nobody knows */
export function programText(
  catalog: Catalog,
  changes: PolicyChanges,
  scopes: readonly ScopeModels[],
  file: string | undefined,
): string {
  const scopeLines = Object.keys(changes.user).length > 0 ? [scopeLine('user', { ...changes.user })] : [];
  for (const { scope, models } of scopes) scopeLines.push(scopeLine(scope, { models }));
  return `/**
 * Made from a configuration of LiteLLM's. Read it before it is published: limits and prices of models that are in the
 * catalog as shipped come from there, all others from the file.
 */
${imports(file)}

export const catalog: Catalog = ${source(catalog, '')};

export const policy: Policy = {
  ...usual,
${scopeLines.length === 0 ? '' : `  scopes: {\n    ...usual.scopes,\n${scopeLines.join('')}  },\n`}${
    Object.keys(changes.owner).length === 0
      ? ''
      : `  owner: { ...usual.owner, ${inLine({ ...changes.owner })} },\n`
  }};
`;
}

const scopeLine = (scope: string, members: Record<string, unknown>): string =>
  `    ${nameText(scope)}: { ...usual.scopes${/^\w+$/.test(scope) ? `.${scope}` : `[${text(scope)}]`}, ${inLine(members)} },\n`;

/** In a clone by the file, elsewhere by the package. */
function imports(file: string | undefined): string {
  const near = file === undefined ? '' : relative(dirname(file), join(ROOT, 'src'));
  const isInClone =
    file !== undefined &&
    !relative(ROOT, file).startsWith('..') &&
    !ROOT.includes(`${sep}node_modules${sep}`);
  if (!isInClone) return "import { policy as usual, type Catalog, type Policy } from 'contractor-workspace';";
  const folder = near === '' ? '.' : near.startsWith('.') ? near : `./${near}`;
  return `import type { Catalog } from '${folder}/catalog';\nimport { policy as usual, type Policy } from '${folder}/policy';`;
}

const text = (value: string): string =>
  `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
const nameText = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name));

const inLine = (members: Record<string, unknown>): string =>
  Object.entries(members)
    .map(([name, value]) => `${nameText(name)}: ${source(value, '')}`)
    .join(', ');

/** A value as source: lists of plain values and prices on one line, everything else a member a line. */
function source(value: unknown, margin: string): string {
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value !== 'object') return String(value);
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== 'object'))
      return `[${value.map((each) => source(each, '')).join(', ')}]`;
    return `[\n${value.map((each) => `${inner}${source(each, inner)},\n`).join('')}${margin}]`;
  }
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  if (members.every(([, each]) => typeof each === 'number'))
    return `{ ${members.map(([name, each]) => `${nameText(name)}: ${String(each)}`).join(', ')} }`;
  return `{\n${members.map(([name, each]) => `${inner}${nameText(name)}: ${source(each, inner)},\n`).join('')}${margin}}`;
}
