/**
 * Reads the blocks of a conversation. They stay as they were sent; checked is only what the gateway itself relies on
 * and what it does not offer. The rest the provider checks, in its own words.
 */
import { imageTypeOf } from '../../model/image-type';
import type { ContentBlock, ResultBlock, TextBlock } from '../../model/request';
import { checkLength } from '../../model/request-limits';
import { invalid, list, object, text, type Fields } from '../fields';
import { refuseMarks, withMark } from './read-mark';

/** Kinds of blocks, by place. Those of tools that the provider runs are in none of them. */
const RESULT_TYPES = ['text', 'image', 'document', 'search_result'];
const TURN_TYPES = [...RESULT_TYPES, 'tool_use', 'tool_result', 'thinking', 'redacted_thinking'];
const NESTED_TYPES = ['text', 'image'];
const TEXT_ONLY = ['text'];

/** Members of a block that are read by rules of their own, by kind; in no other may a cache mark hide. */
const OWN_RULES: Readonly<Record<string, readonly string[]>> = {
  image: ['source'],
  document: ['source'],
  search_result: ['content'],
  tool_result: ['content'],
  // The model's own words, whatever they are: to the provider nothing in them is a mark.
  tool_use: ['input'],
};

/** Where the bytes of images and documents may be. Never a file kept at the provider. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  image: ['base64', 'url'],
  document: ['base64', 'url', 'text', 'content'],
};

export function readSystem(value: unknown, dropped: Set<string>): TextBlock[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return readBlocks('system', value, TEXT_ONLY, dropped) as unknown as TextBlock[];
}

/** Of a system message between the turns. */
export function readInstructions(param: string, value: unknown, dropped: Set<string>): TextBlock[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return readBlocks(param, value, TEXT_ONLY, dropped) as unknown as TextBlock[];
}

export function readTurnContent(param: string, value: unknown, dropped: Set<string>): ContentBlock[] {
  if (value === '') return [];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return readBlocks(param, value, TURN_TYPES, dropped) as unknown as ContentBlock[];
}

function readBlocks(
  param: string,
  value: unknown,
  types: readonly string[],
  dropped: Set<string>,
): readonly Fields[] {
  return list(param, value, 'parts').map((entry, index) =>
    readBlock(`${param}.${index}`, entry, types, dropped),
  );
}

function readBlock(param: string, entry: unknown, types: readonly string[], dropped: Set<string>): Fields {
  const block = object(param, entry);
  const { type } = block;
  if (typeof type !== 'string' || !types.includes(type))
    throw invalid(`${param}.type`, `one of ${types.join(', ')}`, type);
  const marked = withMark(param, block, dropped);
  refuseMarks(param, marked, ['cache_control', ...(OWN_RULES[type] ?? [])]);
  switch (type) {
    case 'text':
      text(`${param}.text`, block['text']);
      return marked;
    case 'tool_use':
      text(`${param}.id`, block['id'], 'toolCallId');
      text(`${param}.name`, block['name'], 'calledName');
      return marked;
    case 'image':
    case 'document':
      return { ...marked, source: readSource(`${param}.source`, type, block['source'], dropped) };
    case 'search_result':
      return { ...marked, content: readBlocks(`${param}.content`, block['content'], TEXT_ONLY, dropped) };
    case 'tool_result': {
      const { content, tool_use_id: id } = block;
      if (typeof id === 'string') checkLength(`${param}.tool_use_id`, id, 'toolCallId');
      if (content === undefined || typeof content === 'string') return marked;
      return { ...marked, content: readResult(`${param}.content`, content, dropped) };
    }
    default:
      return marked;
  }
}

const readResult = (param: string, content: unknown, dropped: Set<string>): readonly ResultBlock[] =>
  readBlocks(param, content, RESULT_TYPES, dropped) as unknown as ResultBlock[];

function readSource(param: string, kind: string, value: unknown, dropped: Set<string>): Fields {
  const source = object(param, value);
  const { type } = source;
  const offered = SOURCES[kind] ?? [];
  if (typeof type !== 'string' || !offered.includes(type))
    throw invalid(`${param}.type`, `one of ${offered.join(', ')}`, type);
  if (type === 'base64') text(`${param}.data`, source['data']);
  const { media_type: mediaType } = source;
  if (typeof mediaType === 'string') checkLength(`${param}.media_type`, mediaType, 'mediaType');
  // The provider fetches it, the gateway never does.
  // bounded: `url`
  if (type === 'url' && !/^https?:\/\//i.test(text(`${param}.url`, source['url'], 'url')))
    throw invalid(`${param}.url`, 'an http(s) URL', source['url']);
  const isNested = type === 'content' && typeof source['content'] !== 'string';
  refuseMarks(param, source, isNested ? ['content'] : []);
  if (!isNested) return kind === 'image' && type === 'base64' ? withTrueType(source, dropped) : source;
  return { ...source, content: readBlocks(`${param}.content`, source['content'], NESTED_TYPES, dropped) };
}

/** An image that is another one than it is said to be is refused by providers. */
function withTrueType(source: Fields, dropped: Set<string>): Fields {
  const type = imageTypeOf(String(source['data']));
  if (type === undefined || type === source['media_type']) return source;
  dropped.add('image.source.media_type');
  return { ...source, media_type: type };
}
