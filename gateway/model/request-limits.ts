/**
 * How long, how many and how deep the things of a request may be, in one table.
 *
 * Whatever a caller can make long is measured by it before anything looks into it. Where a provider has a limit of its
 * own, that is the limit, or the widest where they differ: what one of them takes is not refused here. Where none is
 * known it is far beyond what clients send. Long text itself (what is said, base64) has no limit but the body's bytes.
 */
import { GatewayError } from '../errors';
import { show } from './cut';

export interface RequestLimit {
  /** The largest number that is taken. */
  readonly most: number;
  /** What is counted. */
  readonly unit: 'characters' | 'entries' | 'levels';
  /** Where it holds, in words for the documentation. */
  readonly of: string;
  /** Whose limit it is. */
  readonly since: string;
}

const limit = (
  most: number,
  unit: RequestLimit['unit'],
  of: string,
  since = 'our own, far beyond what clients send',
): RequestLimit => ({ most, unit, of, since });

/** By name. Characters are UTF-16 units. */
export const REQUEST_LIMITS = {
  // While the text is looked over, before it is parsed.
  jsonDepth: limit(200, 'levels', 'Lists and objects inside one another, anywhere in a body'),
  memberName: limit(4_096, 'characters', 'The name of a member, anywhere in a body, as it is written'),
  objectMembers: limit(20_000, 'entries', 'Members of one object, anywhere in a body'),
  distinctNames: limit(50_000, 'entries', 'Different names of members in a whole body'),

  // Of the request as such.
  bodyFields: limit(256, 'entries', 'Members of the body itself'),
  model: limit(256, 'characters', '`model`'),
  userId: limit(1_024, 'characters', '`user`, `metadata.user_id`', 'our own, above Anthropic’s 256'),
  stopSequences: limit(8_191, 'entries', '`stop_sequences`, `stop`', 'Anthropic’s'),
  stopSequence: limit(4_096, 'characters', 'One of them'),
  betaHeader: limit(8_192, 'characters', 'The header `anthropic-beta`'),
  betas: limit(256, 'entries', 'Features that it names'),

  // Of the conversation.
  messages: limit(100_000, 'entries', '`messages`', 'Anthropic’s'),
  parts: limit(
    100_000,
    'entries',
    'Parts or blocks of one message, result or document; tool calls of one message',
  ),
  toolCallId: limit(
    16_384,
    'characters',
    'Ids of tool calls',
    'our own: some gateways keep a model’s thoughts in them',
  ),
  calledName: limit(256, 'characters', 'The name of a tool in a call of the conversation'),
  mediaType: limit(
    256,
    'characters',
    'The media type of an image or document, and the head of a `data:` URL',
  ),
  url: limit(16_384, 'characters', 'The http(s) address of an image or document'),
  cacheMark: limit(16, 'entries', 'Members of a cache mark'),

  // Of the tools.
  tools: limit(4_096, 'entries', '`tools`', 'our own, above OpenAI’s 128'),
  toolName: limit(128, 'characters', 'The name of a tool', 'Anthropic’s'),
  toolType: limit(128, 'characters', 'The type of a tool'),
  propertyName: limit(256, 'characters', 'The name of a tool’s parameter', 'our own, above Anthropic’s 64'),
  schemaNodes: limit(20_000, 'entries', 'Lists, objects and further entries of either in one schema'),
  schemaText: limit(
    1_000_000,
    'characters',
    'All text of one schema, names left out',
    'our own, above OpenAI’s 120,000',
  ),
  schemaDepth: limit(100, 'levels', 'Lists and objects inside one another in a schema'),
  formatName: limit(256, 'characters', 'The name of an answer’s format', 'our own, above OpenAI’s 64'),
} as const satisfies Record<string, RequestLimit>;

export type LimitName = keyof typeof REQUEST_LIMITS;

export const mostOf = (name: LimitName): number => REQUEST_LIMITS[name].most;

/** A refusal that says what was sent, how much of it, and how much is taken. */
export function beyondLimit(param: string, name: LimitName, sent: string): GatewayError {
  const { most, unit } = REQUEST_LIMITS[name];
  return new GatewayError('request_invalid', {
    message: `${param}: at most ${most} ${unit} are taken (limit "${name}"), got ${sent}.`,
    param,
  });
}

/** @throws GatewayError `request_invalid` that names field and limit, with the beginning of what was sent */
export function checkLength(param: string, text: string, name: LimitName): void {
  if (text.length > mostOf(name)) throw beyondLimit(param, name, `${text.length}: ${show(text)}`);
}

/** As `checkLength`, of how many there are. */
export function checkCount(param: string, count: number, name: LimitName): void {
  if (count > mostOf(name)) throw beyondLimit(param, name, String(count));
}
