/** Cron schedules: the two dialects of the coder provider, and whether two schedules can meet. */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SECOND: Field = { name: 'seconds', min: 0, max: 59 };
const MINUTE: Field = { name: 'minutes', min: 0, max: 59 };
const HOUR: Field = { name: 'hours', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: 'day of month', min: 1, max: 31 };
const MONTH: Field = { name: 'month', min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Field = { name: 'day of week', min: 0, max: 6, names: DAYS };
const DESCRIPTOR = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/;

function parseNumber(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value)) throw new Error(`failed to parse number "${text}" in the ${field.name} field`);
  if (value < field.min || value > field.max) {
    throw new Error(`${field.name} ${value} is outside ${field.min}-${field.max}`);
  }
  return value;
}

/** The values one field stands for, or undefined for a star. */
function parseField(text: string, field: Field): Set<number> | undefined {
  if (text === '*' || text === '?') return undefined;
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step = '1', ...rest] = part.split('/');
    const [from = '', to, ...more] = range.split('-');
    if (rest.length > 0 || more.length > 0) throw new Error(`malformed ${field.name} field "${text}"`);
    const increment = Number(step);
    if (!/^\d+$/.test(step) || increment === 0) throw new Error(`step "${step}" in the ${field.name} field`);
    const open = from === '*';
    const first = open ? field.min : parseNumber(from, field);
    const last = open
      ? field.max
      : to !== undefined
        ? parseNumber(to, field)
        : part.includes('/')
          ? field.max
          : first;
    if (first > last) throw new Error(`${field.name} range "${range}" runs backwards`);
    for (let value = first; value <= last; value += increment) values.add(value);
  }
  return values;
}

function parseFields(text: string, fields: readonly Field[]): (Set<number> | undefined)[] {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    throw new Error(`expected exactly ${fields.length} fields, found ${parts.length}: [${text}]`);
  }
  return fields.map((field, index) => parseField(parts[index] ?? '', field));
}

/**
 * Checks a schedule of `coder_script`: seconds first, the day of week may be left out, descriptors are accepted.
 *
 * @returns true when the text has five fields, which most people read as minutes first
 * @throws when it does not parse
 */
export function parseScriptCron(text: string): boolean {
  if (text.startsWith('@')) {
    if (!DESCRIPTOR.test(text)) throw new Error(`unrecognized descriptor: ${text}`);
    return false;
  }
  const fields = [SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK];
  const five = text.trim().split(/\s+/).length === 5;
  if (five) {
    parseFields(`${text} *`, fields);
    return true;
  }
  parseFields(text, fields);
  return false;
}

/** A prebuild schedule: hours of days, for as long as it matches. */
export interface HourlySchedule {
  readonly hours: ReadonlySet<number> | undefined;
  readonly daysOfMonth: ReadonlySet<number> | undefined;
  readonly months: ReadonlySet<number> | undefined;
  readonly daysOfWeek: ReadonlySet<number> | undefined;
}

/**
 * Reads a prebuild schedule: five fields, the minute always `*`.
 *
 * @throws when it does not parse
 */
export function parseHourlyCron(text: string): HourlySchedule {
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = parseFields(text, [
    MINUTE,
    HOUR,
    DAY_OF_MONTH,
    MONTH,
    DAY_OF_WEEK,
  ]);
  if (minutes !== undefined) throw new Error('cron spec minute field must be *');
  return { hours, daysOfMonth, months, daysOfWeek };
}

function meet(a: ReadonlySet<number> | undefined, b: ReadonlySet<number> | undefined): boolean {
  return a === undefined || b === undefined || [...a].some((value) => b.has(value));
}

/** True when there can be an hour that both schedules cover. */
export function schedulesOverlap(a: HourlySchedule, b: HourlySchedule): boolean {
  // A day of the month falls on any day of the week, so one of each can always meet.
  return (
    meet(a.hours, b.hours) &&
    meet(a.months, b.months) &&
    meet(a.daysOfMonth, b.daysOfMonth) &&
    meet(a.daysOfWeek, b.daysOfWeek)
  );
}
