/** A scripted answer made into the message that the API would send, whole or as events. */
import { createHash } from 'node:crypto';
import type { InputUsage } from './prompt-cache';
import type { ScriptedAnswer, ScriptedBlock, StopReason, Usage } from './script';
import { textTokens } from './tokens';

export type ContentBlock =
  | { type: 'text'; text: string }
  | { type: 'tool_use'; id: string; name: string; input: object }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string };

export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly content: readonly ContentBlock[];
  /** Pieces of each block as they are streamed, by index. */
  readonly pieces: readonly (readonly string[])[];
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
  readonly stopDetails: Readonly<Record<string, unknown>> | undefined;
  readonly usage: Usage;
}

/** The signature the stand-in issues for a thinking text. */
export function signatureFor(thinking: string): string {
  return createHash('sha256').update(`signature of ${thinking}`).digest('base64');
}

function render(block: ScriptedBlock, id: string): ContentBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'tool_use':
      return { type: 'tool_use', id: block.id ?? id, name: block.name, input: block.input };
    case 'thinking':
      return {
        type: 'thinking',
        thinking: block.thinking,
        signature: block.signature ?? signatureFor(block.thinking),
      };
    case 'redacted_thinking':
      return block;
  }
}

function tokensOf(block: ScriptedBlock): number {
  if (block.type === 'text') return textTokens(block.text);
  if (block.type === 'tool_use') return textTokens(block.name) + textTokens(JSON.stringify(block.input));
  return textTokens(block.type === 'thinking' ? block.thinking : block.data);
}

/**
 * @param number of the answer since the start: ids are the same from run to run
 * @param maxTokens a text that is longer by estimate is cut there, as the model would be
 */
export function makeAnswer(
  script: ScriptedAnswer,
  number: number,
  model: string,
  maxTokens: number,
  input: InputUsage,
): Answer {
  let blocks = [...(script.content ?? [])];
  let cut = false;
  if (script.usage?.output_tokens === undefined) ({ blocks, cut } = limit(blocks, maxTokens));
  const estimate = Math.max(
    1,
    blocks.reduce((sum, block) => sum + tokensOf(block), 0),
  );
  const called = blocks.some(({ type }) => type === 'tool_use');
  return {
    id: `msg_standin_${number}`,
    model,
    content: blocks.map((block, index) => render(block, `toolu_standin_${number}_${index}`)),
    pieces: blocks.map((block) => (block.type === 'text' || block.type === 'tool_use' ? block.pieces : [])),
    stopReason: script.stopReason ?? (cut ? 'max_tokens' : called ? 'tool_use' : 'end_turn'),
    stopSequence: script.stopSequence ?? null,
    stopDetails: script.stopDetails,
    usage: { ...input, output_tokens: Math.min(estimate, maxTokens), ...splitOf(script), ...script.usage },
  };
}

/** Of a scripted count: all of it is written for five minutes, unless the script says otherwise. */
function splitOf({ usage }: ScriptedAnswer): Partial<Usage> {
  const written = usage?.cache_creation_input_tokens;
  if (written === undefined) return {};
  return { cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 } };
}

function limit(blocks: ScriptedBlock[], maxTokens: number): { blocks: ScriptedBlock[]; cut: boolean } {
  const kept: ScriptedBlock[] = [];
  let left = maxTokens;
  for (const block of blocks) {
    const tokens = tokensOf(block);
    if (tokens <= left) {
      kept.push(block);
      left -= tokens;
      continue;
    }
    if (block.type === 'text' && left > 0) {
      const text = Buffer.from(block.text)
        .subarray(0, left * 4)
        .toString()
        .replace(/\ufffd+$/, '');
      if (text !== '') kept.push({ type: 'text', text, pieces: [text] });
    }
    return { blocks: kept, cut: true };
  }
  return { blocks: kept, cut: false };
}

/** The body of an answer that is not streamed. */
export function wholeBody(answer: Answer): object {
  return {
    id: answer.id,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: answer.content,
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    ...(answer.stopDetails ? { stop_details: answer.stopDetails } : {}),
    usage: { ...answer.usage, service_tier: 'standard' },
  };
}

/** The body of an error, in the API's shape. */
export function errorBody(type: string, message: string, requestId: string): object {
  return { type: 'error', error: { type, message }, request_id: requestId };
}
