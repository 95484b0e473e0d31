/** Amounts as people read them. */
import type { Json } from '../../../synth/hcl/expressions';
import { code } from '../../code-span';
import { isNumber, isText } from './members';

const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });

const grouped = (value: number): string => NUMBERS.format(value);

/** What is not as the document should have it is shown as it stands. */
export const asItStands = (value: Json | undefined): string =>
  value === undefined ? 'nothing' : code(isText(value) ? value : JSON.stringify(value));

export const dollars = (value: Json | undefined): string =>
  isNumber(value) ? `$${grouped(value)}` : asItStands(value);

export const count = (value: Json | undefined): string =>
  isNumber(value) ? grouped(value) : asItStands(value);

export const days = (value: Json | undefined): string =>
  isNumber(value) ? `${grouped(value)} ${value === 1 ? 'day' : 'days'}` : asItStands(value);

export const onOff = (value: Json | undefined): string =>
  value === true ? 'yes' : value === false ? 'no' : asItStands(value);

/** How far one number is from another: ` (+50 %)`, with its blank; nothing where that says nothing. */
export function percent(before: Json | undefined, after: Json | undefined): string {
  if (!isNumber(before) || !isNumber(after) || before <= 0 || after < 0 || before === after) return '';
  const change = (100 * (after - before)) / before;
  const size = Math.abs(change);
  const shown = grouped(size < 1 ? Number(size.toPrecision(1)) : Number(size.toFixed(1)));
  return ` (${change > 0 ? '+' : '−'}${shown} %)`;
}
