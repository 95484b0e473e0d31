/** The differences between what Anthropic takes of a call in the Messages format and what Bedrock takes. */
import { GatewayError } from '../../errors';
import {
  innerBlocks,
  type CacheMark,
  type ContentBlock,
  type ModelRequest,
  type ToolDefinition,
  type Turn,
} from '../../model/request';

export interface FittedRequest {
  readonly request: ModelRequest;
  /** Beta features that the call needs beside those the client asked for. */
  readonly betas: readonly string[];
  /** Names of fields that go no further. */
  readonly dropped: readonly string[];
}

/**
 * Beta features that Bedrock knows, of those the gateway passes on; it refuses a call that names another. The rest are
 * general there or bring nothing that a call could miss.
 */
const BETAS = [
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
] as const;
type Beta = (typeof BETAS)[number];

export const knownBetas = (betas: readonly string[]): string[] => [
  ...new Set(betas.filter((name) => (BETAS as readonly string[]).includes(name))),
];

/** Throws `request_invalid` for bytes that only an address is given of: Bedrock fetches nothing, nor does the gateway. */
function refuseAddresses(request: ModelRequest): void {
  const look = (block: ContentBlock): void => {
    innerBlocks(block).forEach(look);
    if ((block.type === 'image' || block.type === 'document') && block.source.type === 'url')
      throw new GatewayError('request_invalid', {
        message: `messages: AWS Bedrock takes no address for ${block.type === 'image' ? 'an image' : 'a document'}. Send its bytes, as base64.`,
        param: 'messages',
      });
  };
  for (const { content } of request.turns) content.forEach(look);
}

export function fitRequest(sent: ModelRequest): FittedRequest {
  refuseAddresses(sent);
  const betas: Beta[] = [];
  const dropped = new Set<string>();
  const { service_tier: tier, cache_control: mark, ...own } = sent.ownMembers;
  // Of Anthropic's accounts, and of a client's user there.
  if (tier !== undefined) dropped.add('service_tier');
  if (sent.userId !== undefined) dropped.add(sent.dialect === 'anthropic' ? 'metadata' : 'user');
  const request: ModelRequest = {
    ...sent,
    userId: undefined,
    tools: sent.tools.map((tool) => fitTool(tool, betas, dropped)),
    turns: mark === undefined ? sent.turns : markLast(sent.turns, mark as CacheMark),
    ownMembers: fitOutput(own),
  };
  return { request, betas, dropped: [...dropped] };
}

/** As the client wrote them, with more members than the gateway reads. */
type SentTool = ToolDefinition & {
  readonly eager_input_streaming?: unknown;
  readonly input_examples?: unknown;
};

function fitTool(tool: SentTool, betas: Beta[], dropped: Set<string>): ToolDefinition {
  const { eager_input_streaming: eager, input_examples: examples, ...rest } = tool;
  // The same, by its older name, for all tools at once.
  if (eager === true) betas.push('fine-grained-tool-streaming-2025-05-14');
  if (examples !== undefined) dropped.add('tools.input_examples');
  return rest;
}

function fitOutput(own: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { output_format: format, output_config: config, ...rest } = own;
  if (format === undefined && config === undefined) return own;
  // The format is known under its later name only.
  const output = { ...(format === undefined ? {} : { format }), ...(config as object | undefined) };
  return { ...rest, output_config: output };
}

/** A cache mark for the call as a whole, which Bedrock refuses, where Anthropic would put it: at the end. */
function markLast(turns: Turn[], mark: CacheMark): Turn[] {
  const turn = turns.at(-1);
  const block = turn?.content.at(-1);
  if (!turn || !block || block.type === 'thinking' || block.type === 'redacted_thinking') return turns;
  const content = [...turn.content.slice(0, -1), { ...block, cache_control: mark }];
  return [...turns.slice(0, -1), { ...turn, content }];
}
