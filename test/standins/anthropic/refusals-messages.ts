/** Refusals that concern the conversation: roles, blocks, texts, images, cache breakpoints. */
import type { Block, Call } from './call';
import { allBlocks, extraField, innerBlocks, isObject, messages, modelOf, systemBlocks, tools } from './call';
import { first, refuse } from './refusal';
import type { Refusal } from './refusal';

/** Fields of a block beside `type`; null where a beta decides. */
const BLOCK_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['text', 'cache_control', 'citations'],
  image: ['source', 'cache_control'],
  document: ['source', 'title', 'context', 'citations', 'cache_control'],
  search_result: ['source', 'title', 'content', 'citations', 'cache_control'],
  tool_use: ['id', 'name', 'input', 'cache_control'],
  tool_result: ['tool_use_id', 'content', 'is_error', 'cache_control'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
};
const OF_USER = ['text', 'image', 'document', 'search_result', 'tool_result'];
const OF_ASSISTANT = ['text', 'tool_use', 'thinking', 'redacted_thinking'];
const BLOCKS_OF: Readonly<Record<string, readonly string[]>> = { user: OF_USER, system: ['text'] };
const IN_TOOL_RESULT = ['text', 'image', 'document', 'search_result'];
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function blockFault(block: Block, allowed: readonly string[]): string | undefined {
  const { type, fields, path } = block;
  if (typeof type !== 'string' || !allowed.includes(type)) {
    return `${path}.type: Input should be one of ${allowed.join(', ')}, not ${JSON.stringify(type)}`;
  }
  const extra = extraField(fields, ['type', ...(BLOCK_FIELDS[type] ?? [])]);
  return extra === undefined ? undefined : `${path}.${type}.${extra}: Extra inputs are not permitted`;
}

function textFault(block: Block): string | undefined {
  if (block.type !== 'text') return undefined;
  const { text } = block.fields;
  if (typeof text !== 'string') return `${block.path}.text: Input should be a valid string`;
  if (text === '') return `${block.path}: text content blocks must be non-empty`;
  return text.trim() === ''
    ? `${block.path}: text content blocks must contain non-whitespace text`
    : undefined;
}

function sourceFault({ type, path, fields }: Block): string | undefined {
  if (type !== 'image' && type !== 'document') return undefined;
  const { source } = fields;
  if (!isObject(source)) return `${path}.${type}.source: Field required`;
  if (source['type'] === 'url') {
    const valid = typeof source['url'] === 'string' && /^https?:\/\/./.test(source['url']);
    return valid ? undefined : `${path}.${type}.source.url.url: Only HTTP and HTTPS URLs are supported`;
  }
  if (type === 'document' && (source['type'] === 'text' || source['type'] === 'content')) return undefined;
  if (source['type'] !== 'base64') return `${path}.${type}.source.type: Input should be base64 or url`;
  const types = type === 'image' ? IMAGE_TYPES : ['application/pdf'];
  if (!types.includes(source['media_type'] as string)) {
    return `${path}.${type}.source.base64.media_type: Input should be ${types.join(', ')}`;
  }
  const { data } = source;
  const begun = typeof data === 'string' && type === 'image' ? imageBegunBy(data) : undefined;
  if (begun !== undefined && begun !== source['media_type'])
    return `${path}.image.source.base64.data: Image does not match the provided media type ${String(source['media_type'])}`;
  const valid =
    typeof data === 'string' && data !== '' && Buffer.from(data, 'base64').toString('base64') === data;
  return valid ? undefined : `${path}.${type}.source.base64: invalid base64 data`;
}

const IMAGES: readonly (readonly [type: string, begins: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
];

function imageBegunBy(data: string): string | undefined {
  const begin = Buffer.from(data.slice(0, 32), 'base64').toString('latin1');
  return IMAGES.find(([, begins]) => begins.test(begin))?.[0];
}

function contentFault(call: Call): string | undefined {
  const all = messages(call);
  return first(all, ({ path, fields, blocks, role }) => {
    const extra = extraField(fields, ['role', 'content']);
    if (extra !== undefined) return `${path}.${extra}: Extra inputs are not permitted`;
    const { content } = fields;
    if (typeof content !== 'string' && !Array.isArray(content))
      return `${path}.content: Input should be a valid list`;
    const isPrefill = role === 'assistant' && path === all.at(-1)?.path;
    if (content.length === 0) return isPrefill ? undefined : `${path}: messages must have non-empty content`;
    return first(blocks, (block) => blockFault(block, BLOCKS_OF[String(role)] ?? OF_ASSISTANT));
  });
}

function cacheFault(call: Call): string | undefined {
  // In the order of the prompt, which is what the rule about lives compares.
  const own = { path: 'top level', type: 'request', fields: { cache_control: call.body['cache_control'] } };
  const marked = [...tools(call), ...allBlocks(call), own].filter(
    ({ fields }) => fields['cache_control'] !== undefined && fields['cache_control'] !== null,
  );
  let shortSeen = false;
  const fault = first(marked, ({ path, fields }) => {
    const control = fields['cache_control'];
    if (!isObject(control) || control['type'] !== 'ephemeral') {
      return `${path}.cache_control.type: Input should be 'ephemeral'`;
    }
    const extra = extraField(control, ['type', 'ttl']);
    if (extra !== undefined) return `${path}.cache_control.${extra}: Extra inputs are not permitted`;
    const ttl = control['ttl'] ?? '5m';
    if (ttl !== '5m' && ttl !== '1h') return `${path}.cache_control.ttl: Input should be '5m' or '1h'`;
    if (ttl === '1h' && shortSeen)
      return `${path}.cache_control.ttl: a '1h' block must not come after a '5m' one`;
    shortSeen ||= ttl === '5m';
    return undefined;
  });
  if (fault !== undefined) return fault;
  return marked.length > 4
    ? `A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`
    : undefined;
}

export const MESSAGE_REFUSALS: readonly Refusal[] = [
  refuse('messages-empty', '`messages` missing, no list, or empty.', ({ body }) => {
    if (!Array.isArray(body['messages'])) return 'messages: Field required';
    return body['messages'].length === 0 ? 'messages: at least one message is required' : undefined;
  }),
  refuse('role', 'A role other than `user`, `assistant` and, where the model takes it, `system`.', (call) =>
    first(messages(call), ({ path, role }) => {
      if (role === 'user' || role === 'assistant') return undefined;
      if (role !== 'system') return `${path}.role: Input should be 'user', 'assistant' or 'system'`;
      return modelOf(call)?.systemTurns ? undefined : `${path}: role 'system' is not supported on this model`;
    }),
  ),
  refuse(
    'system-place',
    'A `system` message that does not follow a `user` one, or that anything but an `assistant` message follows.',
    (call) => {
      const all = messages(call);
      return first(all, ({ path, role }) => {
        if (role !== 'system') return undefined;
        const place = all.findIndex((message) => message.path === path);
        if (place === 0) return `${path}: use the top-level 'system' parameter for the initial system prompt`;
        const next = all[place + 1];
        return all[place - 1]?.role === 'user' && (next === undefined || next.role === 'assistant')
          ? undefined
          : `${path}: a system message must follow a user message, and end the list or precede an assistant message`;
      });
    },
  ),
  refuse(
    'content',
    'A message without content (only a final assistant message may be empty), or with a block or field that its role does not have.',
    contentFault,
  ),
  refuse('system', '`system` that is neither a string nor a list of text blocks.', (call) => {
    const { system } = call.body;
    if (system === undefined || typeof system === 'string') return undefined;
    if (!Array.isArray(system)) return 'system: Input should be a valid list';
    return first(systemBlocks(call), (block) => blockFault(block, ['text']));
  }),
  refuse(
    'tool-result-content',
    'A `tool_result` with content that is no string and no list of allowed blocks.',
    (call) =>
      first(
        messages(call).flatMap((message) => message.blocks),
        (block) => {
          const { content } = block.fields;
          if (block.type !== 'tool_result' || content === undefined || typeof content === 'string')
            return undefined;
          if (!Array.isArray(content))
            return `${block.path}.tool_result.content: Input should be a valid list`;
          return first(innerBlocks(block), (inner) => blockFault(inner, IN_TOOL_RESULT));
        },
      ),
  ),
  refuse('text-empty', 'A text block that is empty or white space only, anywhere.', (call) => {
    const all = messages(call);
    const last = all.at(-1);
    const emptyPrefill = last?.role === 'assistant' && last.fields['content'] === '';
    return first(allBlocks(call), (block) =>
      emptyPrefill && block.path === `${last.path}.content` ? undefined : textFault(block),
    );
  }),
  refuse('prefill', 'A final assistant message, on models that do not go on from one.', (call) => {
    const last = messages(call).at(-1);
    return last?.role === 'assistant' && modelOf(call)?.takesPrefill === false
      ? `${last.path}: this model does not support assistant message prefill`
      : undefined;
  }),
  refuse('final-whitespace', 'A final assistant message whose text ends in white space.', (call) => {
    const last = messages(call).at(-1);
    if (last?.role !== 'assistant') return undefined;
    const text = last.blocks.at(-1)?.fields['text'];
    return typeof text === 'string' && text !== text.trimEnd()
      ? `${last.path}: final assistant content cannot end with trailing whitespace`
      : undefined;
  }),
  refuse(
    'image-source',
    'An image or document whose source has an unknown type or media type, another one than its bytes, bad base64, or no HTTP URL.',
    (call) => first(allBlocks(call), sourceFault),
  ),
  refuse(
    'cache-control',
    '`cache_control` other than `{type: "ephemeral", ttl?: "5m" | "1h"}`, a 1h one after a 5m one, or more than 4.',
    cacheFault,
  ),
];
