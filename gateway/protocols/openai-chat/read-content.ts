/** Reads the content of OpenAI chat messages: text or parts, with the cache marks clients put on them. */
import type { CacheMark, ImageBlock, TextBlock } from '../../model/request';
import { invalid, isFields, list, object, text } from '../fields';

const DATA_URL = /^data:([a-z]+\/[a-z0-9.+-]+);base64,/i;
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** A cache mark of the five-minute kind; other lives cost more and are not offered. */
export function readMark(value: unknown): CacheMark | undefined {
  return isFields(value) && value['type'] === 'ephemeral' ? { type: 'ephemeral' } : undefined;
}

/** Text and images of a message. Blank text is left out: providers refuse it. */
export function readContent(param: string, content: unknown): (TextBlock | ImageBlock)[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return content.trim() === '' ? [] : [{ type: 'text', text: content }];
  return list(param, content).flatMap((entry, index) => readPart(`${param}[${index}]`, entry));
}

/** As `readContent`, for messages that may only hold text. */
export function readText(param: string, content: unknown): TextBlock[] {
  return readContent(param, content).map((block, index) => {
    if (block.type !== 'text') throw invalid(`${param}[${index}].type`, '"text" in this role', block.type);
    return block;
  });
}

function readPart(param: string, entry: unknown): (TextBlock | ImageBlock)[] {
  const part = object(param, entry);
  const mark = readMark(part['cache_control']);
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
      const url = text(`${param}.image_url.url`, isFields(image) ? image['url'] : image);
      return [{ type: 'image', source: readImage(`${param}.image_url.url`, url), ...marked }];
    }
    default:
      throw invalid(`${param}.type`, '"text" or "image_url"', part['type']);
  }
}

function readImage(param: string, url: string): ImageBlock['source'] {
  const head = DATA_URL.exec(url);
  if (head) {
    const media_type = (head[1] ?? '').toLowerCase().replace('image/jpg', 'image/jpeg');
    if (!IMAGE_TYPES.includes(media_type))
      throw invalid(param, `an image of ${IMAGE_TYPES.join(', ')}`, media_type);
    const data = url.slice(head[0].length);
    if (data === '') throw invalid(param, 'an image that is not empty', url);
    return { type: 'base64', media_type, data };
  }
  // The provider fetches it, the gateway never does.
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw invalid(param, 'a data: URL in base64 or an http(s) URL', url);
  return { type: 'url', url };
}
