/** Rows for spreadsheets and programs: RFC 4180, numbers without units. */
import { forTerminal } from './terminal-text';

export type Value = string | number | boolean | null | undefined;

const BEGINS_FORMULA = /^\s*[=+\-@＝＋－＠]/;
/** A name, a number, an address: nothing that calls, refers or pipes. */
const ORDINARY = /^[+\-@][\w.,+@ -]*$/;

/**
 * A spreadsheet takes text that begins with one of these for a formula, and runs what it calls. A space in front, in
 * quotes so that it is kept, makes it text for Excel, LibreOffice and Sheets; the usual apostrophe would stay in the
 * value wherever else the file is read. Numbers are no text, and what only looks like a sign in front of a name (-5,
 * @ann, +ann) can call nothing: both stay as they are.
 */
const isFormula = (value: Value): boolean =>
  typeof value === 'string' && BEGINS_FORMULA.test(value) && !ORDINARY.test(value);

function cell(value: Value): string {
  const text = forTerminal(String(value ?? ''));
  if (isFormula(value)) return `" ${text.replaceAll('"', '""')}"`;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const renderCsvRow = (row: readonly Value[]): string => row.map(cell).join(',');

export const renderCsv = (headings: readonly string[], rows: readonly (readonly Value[])[]): string =>
  [headings, ...rows].map(renderCsvRow).join('\r\n');
