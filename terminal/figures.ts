/** Money and times as people read them. */

const UNITS = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
] as const;

/** Cents, and four places below a dollar: what a call costs. */
export function money(usd: number): string {
  const places = usd !== 0 && Math.abs(usd) < 1 ? 4 : 2;
  const least = 10 ** -places;
  if (usd !== 0 && Math.abs(usd) < least / 2) return `<$${least.toFixed(places)}`;
  const [whole = '', cents = ''] = Math.abs(usd).toFixed(places).split('.');
  return `${usd < 0 ? '-' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}

/** "in 3 days", "2 hours ago"; two of a unit at least, so that nothing is rounded away by half. */
export function fromNow(time: string | Date, now = new Date()): string {
  const seconds = Math.round((new Date(time).getTime() - now.getTime()) / 1_000);
  if (Number.isNaN(seconds)) return '-';
  const away = Math.abs(seconds);
  if (away < 2) return 'now';
  const [unit, size] = UNITS.filter((each) => away >= 2 * each[1]).at(-1) ?? UNITS[0];
  const count = `${Math.round(away / size)} ${unit}s`;
  return seconds > 0 ? `in ${count}` : `${count} ago`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Of this machine's clock, with the name of its zone. */
export function localTime(time: string | Date): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '-';
  const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone ?? ''}`.trimEnd();
}

/** 12,345 */
export const counted = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
