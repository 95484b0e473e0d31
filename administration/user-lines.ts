/** Users as lines of a table: `name,budget,rpm`, or in the order that the first line names. */
import { EMAIL, NAME, Names, shown, type Fault, type ListedUser, type Rule } from './listed-user';

export const SEPARATORS = { csv: ',', semicolon: ';', colon: ':' } as const;
const SIGNS: readonly string[] = Object.values(SEPARATORS);

/** Characters of one line. */
const LONGEST_LINE = 300;

type Field = 'name' | 'budget' | 'rpm' | 'alias' | 'email';

/** Without a heading, the columns are these. */
const USUAL: readonly Field[] = ['name', 'budget', 'rpm'];

/** Names that the first line may have for each column. */
const HEADINGS: Readonly<Record<Field, readonly string[]>> = {
  name: ['name', 'user', 'username', 'user_id'],
  budget: ['budget', 'max_budget'],
  rpm: ['rpm', 'rpm_limit'],
  alias: ['alias', 'key_alias'],
  email: ['email', 'user_email'],
};

const RULES: Readonly<Record<Field, Rule & { readonly mayBeEmpty?: true }>> = {
  name: NAME,
  budget: {
    // Three places behind a point could as well be thousands.
    pattern: /^(0|[1-9]\d{0,8})(\.\d{1,2})?$/,
    allowed: 'US dollars in digits, cents behind a point, as 12.50; no currency, no other sign',
  },
  rpm: {
    pattern: /^[1-9]\d{0,9}$/,
    allowed: "requests a minute, a whole number in digits, 1 or more; empty for the policy's",
    mayBeEmpty: true,
  },
  alias: {
    ...NAME,
    allowed: 'the name of a key: letters, digits and . _ @ + -; empty for that of the user',
    mayBeEmpty: true,
  },
  email: { ...EMAIL, mayBeEmpty: true },
};

interface Layout {
  readonly fields: readonly Field[];
  readonly count: number;
  readonly line: number;
}

/** @param wanted the separator; the one of the first line, if none is named */
export function usersInLines(text: string, wanted: string | undefined, fault: Fault): ListedUser[] {
  const users: ListedUser[] = [];
  const names = new Names('name', 'on line');
  let separator = wanted;
  let layout: Layout | undefined;
  let isFirst = true;
  for (const [at, raw] of text.split('\n').entries()) {
    const number = at + 1;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.length > LONGEST_LINE) {
      fault(number, `has ${line.length} characters, at most ${LONGEST_LINE} are allowed`);
      continue;
    }
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const wasFirst = isFirst;
    isFirst = false;
    if (line.includes('"') || line.includes("'")) {
      fault(number, 'has quotes: write the values without them');
      continue;
    }
    const found = SIGNS.filter((each) => line.includes(each));
    separator ??= found.length === 1 ? found[0] : undefined;
    const cells = (separator === undefined ? [line] : line.split(separator)).map((cell) => cell.trim());
    const fields = layout?.fields ?? USUAL;
    if (separator === undefined || found.length !== 1 || found[0] !== separator) {
      fault(
        number,
        separatorFault(line, cells, fields, { found, separator, isWanted: wanted !== undefined }),
      );
      continue;
    }
    const heading = wasFirst ? headingOf(cells) : undefined;
    if (heading !== undefined) {
      const says = headingFault(heading);
      if (says !== undefined) {
        fault(number, says);
        return [];
      }
      layout = { fields: heading, count: heading.length, line: number };
      continue;
    }
    if (layout === undefined && (cells.length < 2 || cells.length > USUAL.length)) {
      fault(number, `has ${cells.length} columns: must be ${USUAL.join(separator)}, the last may be missing`);
      continue;
    }
    layout ??= { fields: USUAL, count: cells.length, line: number };
    if (cells.length !== layout.count) {
      fault(
        number,
        `has ${cells.length} columns, line ${layout.line} has ${layout.count}: all must have as many`,
      );
      continue;
    }
    const faults = cells.flatMap((cell, column) => cellFault(layout?.fields[column], cell));
    for (const says of faults) fault(number, says);
    const values = new Map(cells.map((cell, column) => [layout?.fields[column], cell]));
    const user = values.get('name') ?? '';
    const name = values.get('alias') || user;
    names.note(number, name, fault);
    const [budget, rpm] = [values.get('budget'), values.get('rpm') ?? ''];
    if (faults.length === 0)
      users.push({
        line: number,
        name,
        user,
        email: values.get('email') || undefined,
        budget: budget === undefined ? undefined : Number(budget),
        rpm: rpm === '' ? undefined : Number(rpm),
        more: {},
      });
  }
  return users;
}

const FIELDS = Object.keys(HEADINGS) as Field[];

/** The order of the columns, when each cell is the name of one. */
function headingOf(cells: readonly string[]): Field[] | undefined {
  const fields = cells.map((cell) => FIELDS.find((field) => HEADINGS[field].includes(cell.toLowerCase())));
  return fields.every((field) => field !== undefined) ? fields : undefined;
}

function headingFault(fields: readonly Field[]): string | undefined {
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined)
    return `names two columns for the ${twice} (${HEADINGS[twice].join(', ')}): only one of them can hold`;
  if (!fields.includes('name'))
    return `names no column for the user: must be one of ${HEADINGS.name.join(', ')}`;
  return undefined;
}

function cellFault(field: Field | undefined, cell: string): string[] {
  if (field === undefined) return [];
  const { pattern, allowed, mayBeEmpty } = RULES[field];
  if (cell === '' && mayBeEmpty) return [];
  return pattern.test(cell) ? [] : [`${field} ${shown(cell)}: must be ${allowed}`];
}

interface Separators {
  readonly found: readonly string[];
  readonly separator: string | undefined;
  readonly isWanted: boolean;
}

/** Why a line has not exactly the separator of the file. A comma in money is the usual reason, so the cell is named. */
function separatorFault(
  line: string,
  cells: readonly string[],
  fields: readonly Field[],
  { found, separator, isWanted }: Separators,
): string {
  if (found.length === 0) return `has one column: must be ${USUAL.join(separator ?? ',')}`;
  if (separator === undefined)
    return `has ${found.join(' and ')}: one of them must separate all columns of the file`;
  if (!line.includes(separator))
    return isWanted
      ? `is separated by ${found.join(' and ')}, not by ${separator} as --format says`
      : `is separated by ${found.join(' and ')}, the lines before it by ${separator}`;
  const column = cells.findIndex((cell) => SIGNS.some((each) => cell.includes(each)));
  const field = fields[column];
  if (field === undefined) return `has ${found.join(' and ')}: only ${separator} may separate columns`;
  return `${field} ${shown(cells[column] ?? '')}: must be ${RULES[field].allowed}`;
}
