export { call, fail, say } from './script';
export type { ScriptedAnswer } from './script';
export { startOpenAiCompatibleStandin } from './standin';
export type { OpenAiCompatibleStandin } from './standin';
