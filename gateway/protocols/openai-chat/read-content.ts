/** Reads the content of OpenAI chat messages: text or parts, with the cache marks clients put on them. */
import { imageTypeOf } from '../../model/image-type';
import type { CacheMark, DocumentBlock, ImageBlock, TextBlock } from '../../model/request';
import { checkCount, checkLength } from '../../model/request-limits';
import { invalid, isAbsent, isFields, list, object, text } from '../fields';
import { readDataUrl, readFile, type DataUrl } from './read-file';

const LIVES: readonly unknown[] = ['5m', '1h'];
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

type Block = TextBlock | ImageBlock | DocumentBlock;

/**
 * A cache mark. It is no field of OpenAI's, so what nobody offers is left out and not refused; a life among it counts
 * as the usual one of five minutes.
 *
 * @param dropped gets the names of what is left out
 */
export function readMark(value: unknown, dropped: Set<string>): CacheMark | undefined {
  if (isAbsent(value)) return undefined;
  if (!isFields(value) || value['type'] !== 'ephemeral') {
    dropped.add('cache_control');
    return undefined;
  }
  const members = Object.entries(value);
  checkCount('cache_control', members.length, 'cacheMark');
  for (const [name, setting] of members)
    if (name !== 'type' && !(name === 'ttl' && (isAbsent(setting) || LIVES.includes(setting))))
      dropped.add(`cache_control.${name}`);
  return value['ttl'] === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

/** Text, images and files of a message. Blank text is left out: providers refuse it. */
export function readContent(param: string, content: unknown, dropped: Set<string>): Block[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return content.trim() === '' ? [] : [{ type: 'text', text: content }];
  return list(param, content, 'parts').flatMap((entry, index) =>
    readPart(`${param}[${index}]`, entry, dropped),
  );
}

/** As `readContent`, for messages that may only hold text. */
export function readText(param: string, content: unknown, dropped: Set<string>): TextBlock[] {
  return readContent(param, content, dropped).map((block, index) => {
    if (block.type !== 'text') throw invalid(`${param}[${index}].type`, '"text" in this role', block.type);
    return block;
  });
}

function readPart(param: string, entry: unknown, dropped: Set<string>): Block[] {
  const part = object(param, entry);
  const mark = readMark(part['cache_control'], dropped);
  const marked = mark ? { cache_control: mark } : {};
  switch (part['type']) {
    case 'text': {
      const value = text(`${param}.text`, part['text']);
      return value.trim() === '' ? [] : [{ type: 'text', text: value, ...marked }];
    }
    case 'refusal': {
      const value = text(`${param}.refusal`, part['refusal']);
      return value.trim() === '' ? [] : [{ type: 'text', text: value, ...marked }];
    }
    case 'image_url': {
      const image = part['image_url'];
      const url: unknown = isFields(image) ? image['url'] : image;
      return [{ ...readImage(`${param}.image_url.url`, url, dropped), ...marked }];
    }
    case 'file':
      return [{ ...readFile(`${param}.file`, part['file']), ...marked }];
    default:
      throw invalid(`${param}.type`, '"text", "image_url" or "file"', part['type']);
  }
}

function readImage(param: string, value: unknown, dropped: Set<string>): ImageBlock | DocumentBlock {
  const url = text(param, value);
  const data = readDataUrl(param, url);
  if (data === undefined) {
    // The provider fetches it, the gateway never does.
    checkLength(param, url, 'url');
    // bounded: `url`
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw invalid(param, 'a data: URL in base64 or an http(s) URL', url);
    return { type: 'image', source: { type: 'url', url } };
  }
  // Clients that know one kind of part only send documents as if they were images.
  if (data.media_type === 'application/pdf') return { type: 'document', source: data };
  return { type: 'image', source: fitImage(param, data, dropped) };
}

function fitImage(param: string, data: DataUrl, dropped: Set<string>): DataUrl {
  // bounded: `mediaType`
  const said = data.media_type.replace('image/jpg', 'image/jpeg');
  const media_type = imageTypeOf(data.data) ?? said;
  if (media_type !== said) dropped.add('image_url.media_type');
  if (!IMAGE_TYPES.includes(media_type))
    throw invalid(param, `an image of ${IMAGE_TYPES.join(', ')}`, media_type);
  return { ...data, media_type };
}
