/** Writes a conversation as OpenAI's flat list of messages. */
import { GatewayError } from '../../errors';
import {
  innerBlocks,
  type ContentBlock,
  type DocumentBlock,
  type ImageBlock,
  type ModelRequest,
  type ToolResultBlock,
  type Turn,
} from '../../model/request';

export type ChatMessage = Readonly<Record<string, unknown>>;

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly filename: string; readonly file_data: string } };

const BETWEEN = '\n\n';

export function writeMessages({ system, turns }: ModelRequest): ChatMessage[] {
  const messages: ChatMessage[] = [];
  // One message of text: not every template takes several, nor parts.
  if (system.length > 0)
    messages.push({ role: 'system', content: system.map(({ text }) => text).join(BETWEEN) });
  for (const turn of turns)
    if (turn.role === 'user') writeUser(turn, messages);
    else if (turn.role === 'assistant') writeAssistant(turn, messages);
    else messages.push({ role: 'system', content: textsOf(turn).join(BETWEEN) });
  return messages;
}

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
  const own: Part[] = [];
  if (typeof block.content === 'string') own.push({ type: 'text', text: block.content });
  else for (const inner of block.content ?? []) partsOf(inner, own);
  const texts = own.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const others = own.filter(({ type }) => type !== 'text');
  if (others.length > 0) {
    rest.push({ type: 'text', text: `Belongs to the result of the tool call ${block.tool_use_id}:` });
    for (const part of others) rest.push(part);
  }
  if (block.is_error === true) texts.unshift('The tool call failed.');
  return { role: 'tool', tool_call_id: block.tool_use_id, content: texts.join(BETWEEN) };
}

/** Thoughts stay behind: no field for them is common to all that speak the protocol. */
function writeAssistant({ content }: Turn, messages: ChatMessage[]): void {
  const texts: string[] = [];
  const calls: unknown[] = [];
  for (const block of content)
    if (block.type === 'text') texts.push(block.text);
    else if (block.type === 'tool_use')
      calls.push({
        id: block.id,
        type: 'function',
        function: { name: block.name, arguments: JSON.stringify(block.input ?? {}) },
      });
  if (texts.length + calls.length === 0) return;
  messages.push({
    role: 'assistant',
    content: texts.length > 0 ? texts.join(BETWEEN) : null,
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
  source.type === 'url' ? withPlainScheme(source.url) : `data:${source.media_type};base64,${source.data}`;

function documentParts(block: DocumentBlock, parts: Part[]): void {
  const { source, title } = block;
  switch (source.type) {
    case 'text':
      parts.push({ type: 'text', text: title ? `${title}${BETWEEN}${source.data}` : source.data });
      return;
    case 'base64': {
      const file_data = `data:${source.media_type};base64,${source.data}`;
      parts.push({ type: 'file', file: { filename: title ?? 'document.pdf', file_data } });
      return;
    }
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
