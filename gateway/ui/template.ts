/** Pages are made of the files in `templates/`: each may take in the others by their names. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { create, type HelperOptions } from 'handlebars';
import type { Assets } from './asset';
import type { Kind } from './column';

const DIRECTORY = join(__dirname, 'templates');

export type Render = (name: string, data: Readonly<Record<string, unknown>>) => string;

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});
/** Of one call, to the nano-dollar. */
const EXACT = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 9,
});
const WHOLE = new Intl.NumberFormat('en-US');
const BRIEF = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
/** Numbers from here on are said in brief where there is little room. */
const LONG = 1_000_000;

export function readTemplates(assets: Assets, directory = DIRECTORY): Render {
  const engine = create();
  const { escapeExpression, SafeString } = engine;
  engine.registerHelper({
    asset: (name: string) => assets.urlOf(name),
    equal: (one: unknown, other: unknown) => one === other,
    /** Said in UTC, for whoever has no script; the script says it in the reader's zone. */
    time: (value: unknown) => {
      const moment = momentOf(value);
      if (moment === undefined) return '–';
      const iso = moment.toISOString();
      const said = `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
      return new SafeString(`<time datetime="${escapeExpression(iso)}">${escapeExpression(said)}</time>`);
    },
    usd: (value: unknown) => (typeof value === 'number' ? DOLLARS.format(value) : '–'),
    nano: (value: unknown) => (typeof value === 'number' ? EXACT.format(value) : '–'),
    count: (value: unknown) => (typeof value === 'number' ? WHOLE.format(value) : '–'),
    brief: (value: unknown) =>
      typeof value === 'number' ? (value < LONG ? WHOLE : BRIEF).format(value) : '–',
    /** As its kind is written; a dash where there is none. */
    figure: (value: unknown, kind: Kind) => saidAs(value, kind),
    or: (value: unknown, other: unknown) => (value == null || value === '' ? other : value),
    /** The block, where the fault of the form is at that field. */
    faultAt(this: unknown, field: string, options: HelperOptions) {
      const fault = (options.data as { root: { fault?: { field: string } } }).root.fault;
      return fault?.field === field ? options.fn(fault) : options.inverse(this);
    },
  });
  const names = readdirSync(directory).map((file) => basename(file, extname(file)));
  const templates = new Map(
    names.map((name) => {
      const text = readFileSync(join(directory, `${name}.hbs`), 'utf8');
      engine.registerPartial(name, text);
      return [name, engine.compile(text, { strict: false, preventIndent: true })];
    }),
  );
  return (name, data) => {
    const template = templates.get(name);
    if (template === undefined) throw new Error(`there is no ${name}.hbs in ${directory}`);
    return template(data);
  };
}

const PRICE = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 3,
});

const percent = (share: number): string => `${(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`;
const duration = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
const SAID: Readonly<Record<Exclude<Kind, 'text' | 'day'>, (value: number) => string>> = {
  usd: (value) => DOLLARS.format(value),
  price: (value) => PRICE.format(value),
  count: (value) => WHOLE.format(value),
  share: percent,
  meter: percent,
  change: (value) => `${value > 0 ? '+' : ''}${percent(value)}`,
  ms: duration,
};

export function saidAs(value: unknown, kind: Kind): string {
  if (value == null || value === '') return '–';
  if (kind === 'text' || kind === 'day') return typeof value === 'string' ? value : '–';
  return typeof value === 'number' && Number.isFinite(value) ? SAID[kind](value) : '–';
}

function momentOf(value: unknown): Date | undefined {
  const moment = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined;
  return moment === undefined || Number.isNaN(moment.getTime()) ? undefined : moment;
}
