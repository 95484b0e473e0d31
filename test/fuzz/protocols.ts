/** Every protocol clients may speak. */
import { anthropicCount, anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import { openAiCompletions } from '../../gateway/protocols/openai-completions';
import type { Protocol } from '../../gateway/protocols/protocol';

export const PROTOCOLS: readonly Protocol[] = [
  openAiChat,
  openAiCompletions,
  anthropicMessages,
  anthropicCount,
];
