/** Reads the files of a message: a PDF as a document, text as what it says. */
import type { DocumentBlock } from '../../model/request';
import { cut } from '../../model/cut';
import { mostOf } from '../../model/request-limits';
import { invalid, object, optionalText, text } from '../fields';

export interface DataUrl {
  readonly type: 'base64';
  readonly media_type: string;
  readonly data: string;
}

const DATA_URL = /^data:([a-z]+\/[a-z0-9.+-]+)(?:;charset=[a-z0-9-]+)?;base64,/i;
const PDF = 'application/pdf';
const LONGEST_TITLE = 200;

/** A URL that holds its bytes; undefined when it is of another kind. */
export function readDataUrl(param: string, url: string): DataUrl | undefined {
  const head = DATA_URL.exec(cut(url, mostOf('mediaType')));
  if (head === null) return undefined;
  const data = url.slice(head[0].length);
  if (data === '') throw invalid(param, 'data that is not empty', url);
  return { type: 'base64', media_type: (head[1] ?? '').toLowerCase(), data };
}

export function readFile(param: string, value: unknown): DocumentBlock {
  const file = object(param, value);
  if (file['file_data'] === undefined && file['file_id'] !== undefined)
    throw invalid(`${param}.file_data`, 'the file itself, since none is kept at a provider', undefined);
  const content = readDataUrl(`${param}.file_data`, text(`${param}.file_data`, file['file_data']));
  const isText = content?.media_type.startsWith('text/') === true;
  if (content === undefined || !(isText || content.media_type === PDF))
    throw invalid(
      `${param}.file_data`,
      'a data: URL in base64 of application/pdf or text/…',
      content?.media_type ?? 'something else',
    );
  const title = optionalText(`${param}.filename`, file['filename'])?.trim().slice(0, LONGEST_TITLE);
  return {
    type: 'document',
    source: isText
      ? { type: 'text', media_type: 'text/plain', data: decode(`${param}.file_data`, content.data) }
      : content,
    ...(title ? { title } : {}),
  };
}

function decode(param: string, data: string): string {
  const decoded = Buffer.from(data, 'base64').toString('utf8');
  if (decoded.trim() === '') throw invalid(param, 'a text that is not empty', decoded);
  return decoded;
}
