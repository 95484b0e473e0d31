/** Writes a conversation as OpenAI's flat list of messages. */
import { GatewayError } from '../../errors';
import type { MediaWeight } from '../../model/media-weight';
import {
  innerBlocks,
  type ContentBlock,
  type DocumentBlock,
  type ImageBlock,
  type TextBlock,
  type ToolResultBlock,
  type Turn,
} from '../../model/request';
import { shortId } from '../../model/tool-call-id';
import { callsLast } from '../../model/turn-order';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly Part[] | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly unknown[];
  readonly reasoning_content?: string;
  readonly reasoning?: string;
}

/** The field of a message that a server wants earlier thoughts in. */
export type ThoughtsField = 'reasoning_content' | 'reasoning';

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly filename: string; readonly file_data: string } };

const BETWEEN = '\n\n';
const DATA_SCHEME = 'data:';

/** @param thoughtsField undefined: thoughts stay behind, since servers refuse a field that they do not know */
export function writeMessages(
  { system, turns }: Readonly<{ system: readonly TextBlock[]; turns: readonly Turn[] }>,
  thoughtsField?: ThoughtsField,
): ChatMessage[] {
  const messages: ChatMessage[] = [];
  // One message of text: not every template takes several, nor parts.
  if (system.length > 0)
    messages.push({ role: 'system', content: system.map(({ text }) => text).join(BETWEEN) });
  for (const turn of callsLast(turns))
    if (turn.role === 'user') writeUser(turn, messages);
    else if (turn.role === 'assistant') writeAssistant(turn, messages, thoughtsField);
    else messages.push({ role: 'system', content: textsOf(turn).join(BETWEEN) });
  return messages;
}

/** The images and files in messages as they are written; not all that was asked is among them. */
export function weighParts(messages: readonly ChatMessage[]): MediaWeight {
  let images = 0;
  let imageBytes = 0;
  let unboundDocuments = 0;
  for (const { content } of messages) {
    if (content === null || typeof content === 'string') continue;
    for (const part of content)
      if (part.type === 'file') unboundDocuments += 1;
      else if (part.type === 'image_url') {
        images += 1;
        imageBytes += dataLength(part.image_url.url);
      }
  }
  return { images, imageBytes, unboundDocuments, uncountable: 0, thoughtBytes: 0 };
}

/** Of a `data:` URL, without what says which kind of data it is. */
const dataLength = (url: string): number =>
  url.startsWith(DATA_SCHEME) ? url.length - url.lastIndexOf(',') - 1 : 0;

const textsOf = ({ content }: Turn): string[] =>
  content.flatMap((block) => (block.type === 'text' ? [block.text] : []));

/** Results first, each a message of its own; then what the user said, and what of the results is no text. */
function writeUser({ content }: Turn, messages: ChatMessage[]): void {
  const parts: Part[] = [];
  for (const block of content)
    if (block.type === 'tool_result') messages.push(writeResult(block, parts));
    else partsOf(block, parts);
  if (parts.length > 0) messages.push({ role: 'user', content: joined(parts) });
}

function writeResult(block: ToolResultBlock, rest: Part[]): ChatMessage {
  const id = shortId(wordOf(block.tool_use_id, 'tool_use_id'));
  const own: Part[] = [];
  if (typeof block.content === 'string') own.push({ type: 'text', text: block.content });
  else for (const inner of block.content ?? []) partsOf(inner, own);
  const texts = own.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const others = own.filter(({ type }) => type !== 'text');
  if (others.length > 0) {
    rest.push({ type: 'text', text: `Belongs to the result of the tool call ${id}:` });
    for (const part of others) rest.push(part);
  }
  if (block.is_error === true) texts.unshift('The tool call failed.');
  return { role: 'tool', tool_call_id: id, content: texts.join(BETWEEN) };
}

/**
 * In the place of thoughts that a server wants and nobody has: of another model, or lost on the way. DeepSeek and
 * Moonshot refuse a message without the field, and one in which it is empty.
 */
const NO_THOUGHTS = ' ';

function writeAssistant({ content }: Turn, messages: ChatMessage[], thoughtsField?: ThoughtsField): void {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: unknown[] = [];
  for (const block of content)
    if (block.type === 'text') texts.push(block.text);
    else if (block.type === 'thinking') thoughts.push(wordOf(block.thinking, 'thinking'));
    else if (block.type === 'tool_use')
      calls.push({
        id: shortId(block.id),
        type: 'function',
        function: { name: block.name, arguments: JSON.stringify(block.input ?? {}) },
      });
  if (texts.length + calls.length === 0) return;
  messages.push({
    role: 'assistant',
    content: texts.length > 0 ? texts.join(BETWEEN) : null,
    ...(thoughtsField === undefined ? {} : { [thoughtsField]: thoughts.join(BETWEEN) || NO_THOUGHTS }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  });
}

/** Text alone is sent as text: not every server takes parts. */
function joined(parts: readonly Part[]): string | readonly Part[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join(BETWEEN) : parts;
}

function partsOf(block: ContentBlock, parts: Part[]): void {
  switch (block.type) {
    case 'text':
      parts.push({ type: 'text', text: block.text });
      return;
    case 'image':
      parts.push({ type: 'image_url', image_url: { url: addressOf(block) } });
      return;
    case 'document':
      documentParts(block, parts);
      return;
    case 'search_result':
      for (const inner of innerBlocks(block)) partsOf(inner, parts);
  }
}

/** `HTTPS://` is the same to whoever knows addresses; not every server does. */
// bounded: `url`
const withPlainScheme = (url: string): string => url.replace(/^https?:/i, (scheme) => scheme.toLowerCase());

const addressOf = ({ source }: ImageBlock): string =>
  source.type === 'url' ? withPlainScheme(source.url) : dataUrl(source);

const dataUrl = ({ media_type, data }: { readonly media_type: string; readonly data: string }): string =>
  `${DATA_SCHEME}${wordOf(media_type, 'media_type')};base64,${data}`;

/** Anthropic's clients are checked no further than they are read, and here what they sent becomes part of a text. */
function wordOf(value: unknown, member: string): string {
  if (typeof value === 'string') return value;
  throw new GatewayError('request_invalid', {
    message: `messages: the ${member} of a block is no text, and this model needs it to be.`,
    param: 'messages',
  });
}

function documentParts(block: DocumentBlock, parts: Part[]): void {
  const { source } = block;
  const title = block.title ? wordOf(block.title, 'title') : undefined;
  switch (source.type) {
    case 'text': {
      const data = wordOf(source.data, 'data');
      parts.push({ type: 'text', text: title ? `${title}${BETWEEN}${data}` : data });
      return;
    }
    case 'base64':
      parts.push({ type: 'file', file: { filename: title ?? 'document.pdf', file_data: dataUrl(source) } });
      return;
    case 'content':
      if (typeof source.content === 'string') parts.push({ type: 'text', text: source.content });
      else for (const inner of innerBlocks(block)) partsOf(inner, parts);
      return;
    case 'url':
      throw new GatewayError('request_invalid', {
        message:
          'messages: this model takes no document by its address. Send the document itself, in base64 or as text.',
        param: 'messages',
      });
  }
}
