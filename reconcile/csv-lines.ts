/** CSV as exports have it (RFC 4180), line by line: a file of any length takes the memory of one line. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CliError } from '../terminal/fault';
import { fileFault } from '../terminal/file-fault';

/** Characters of a line, and fields: the widest export, AWS's, has some hundred columns. */
const LONGEST_LINE = 1024 * 1024;
const MOST_FIELDS = 5_000;

export interface CsvLine {
  /** Counted from 1, as editors do. */
  readonly number: number;
  readonly fields: readonly string[];
}

/** @param path of a file, packed by gzip where its name ends so. @throws CliError that names file and line */
export async function* csvLines(path: string): AsyncGenerator<CsvLine> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file;
  const parser = new CsvParser(path);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield* parser.take(decoder.decode(chunk as Buffer, { stream: true }));
    yield* parser.take(decoder.decode());
    yield* parser.end();
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    const { code } = fault as NodeJS.ErrnoException;
    throw new CliError(
      code === 'ENOENT'
        ? `There is no file ${path}.`
        : (fileFault(fault) ??
            (code?.startsWith('Z_') || code?.startsWith('ERR_ENCODING')
              ? `${path} is neither text in UTF-8 nor packed by gzip under a name that ends in .gz.`
              : `${path} cannot be read (${code ?? String(fault)}).`)),
    );
  }
}

class CsvParser {
  #fields: string[] = [];
  #field = '';
  #length = 0;
  #number = 1;
  #begins = 1;
  #isQuoted = false;
  /** A quote within quotes: it ends them, or stands for itself where another follows. */
  #isPending = false;
  #isFirst = true;

  constructor(readonly path: string) {}

  *take(text: string): Generator<CsvLine> {
    let at = 0;
    if (this.#isFirst && text !== '') {
      // Spreadsheets put a mark of the encoding in front.
      if (text.charCodeAt(0) === 0xfeff) at = 1;
      this.#isFirst = false;
    }
    for (; at < text.length; at += 1) {
      const sign = text.charAt(at);
      if (this.#isPending) {
        this.#isPending = false;
        if (sign === '"') {
          this.#add('"');
          continue;
        }
        this.#isQuoted = false;
      }
      if (this.#isQuoted) {
        if (sign === '"') this.#isPending = true;
        else this.#add(sign);
        if (sign === '\n') this.#number += 1;
      } else if (sign === '"' && this.#field === '') this.#isQuoted = true;
      else if (sign === ',') this.#next();
      else if (sign === '\n') yield* this.#line();
      else if (sign !== '\r') this.#add(sign);
    }
  }

  *end(): Generator<CsvLine> {
    if (this.#isQuoted && !this.#isPending)
      throw new CliError(`${this.path} is cut: it ends within quotes that begin in line ${this.#begins}.`);
    if (this.#length > 0 || this.#fields.length > 0) yield* this.#line();
  }

  #add(sign: string): void {
    this.#field += sign;
    this.#length += 1;
    if (this.#length > LONGEST_LINE)
      throw new CliError(
        `${this.path} has a line of more than ${LONGEST_LINE} characters (line ${this.#begins}).`,
      );
  }

  #next(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    if (this.#fields.length > MOST_FIELDS)
      throw new CliError(
        `${this.path} has a line of more than ${MOST_FIELDS} fields (line ${this.#begins}).`,
      );
  }

  *#line(): Generator<CsvLine> {
    this.#next();
    const fields = this.#fields;
    const number = this.#begins;
    this.#fields = [];
    this.#length = 0;
    this.#isPending = this.#isQuoted = false;
    this.#number += 1;
    this.#begins = this.#number;
    if (fields.length > 1 || fields[0] !== '') yield { number, fields };
  }
}
