export { startAnthropicStandin } from './standin';
export type { AnthropicStandin, StandinOptions } from './standin';
export { fail, say, text, thinking, toolCall } from './script';
export type { Interruption, ScriptedAnswer, ScriptedBlock, StopReason, Usage } from './script';
export type { Bill, RecordedRequest } from './record';
export { REFUSALS } from './refusals';
