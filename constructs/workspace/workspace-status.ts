import { literal } from '../../synth/hcl/strings';
import type { AgentMetadata } from './workspace-agent';

/** What the set-up says of itself. Coder paints red what ends with another status than 0. */
const AI_STATE = [
  'state=$(cat "$HOME/.config/ai-gateway/status" 2>/dev/null)',
  '[ -n "$state$AI_ASSISTANT" ] || state=off',
  'printf "%s" "${state:-not set up}"',
  'case $state in off | ready:* | "waiting for an owner") ;; *) exit 1 ;; esac',
].join('\n');

/** What the dashboard shows beside a workspace: the machine, then the AI. @param home absolute */
export function workspaceStatus(home: string): AgentMetadata[] {
  return [
    { key: 'cpu', label: 'CPU', command: 'coder stat cpu', interval: 10 },
    { key: 'memory', label: 'Memory', command: 'coder stat mem', interval: 10 },
    { key: 'home', label: 'Home disk', command: `coder stat disk --path ${home}`, interval: 60 },
    {
      key: 'ai',
      label: 'AI',
      command: literal(AI_STATE),
      interval: 15,
    },
    {
      key: 'ai_assistant',
      label: 'AI assistant',
      command: literal('printf "%s" "${AI_ASSISTANT:-none}${AI_MODEL:+, $AI_MODEL}"'),
      interval: 300,
    },
    {
      key: 'ai_spend',
      label: 'AI spend of budget',
      // An image without our tools shows no spend; the workspace works all the same.
      command: 'if command -v ai-usage >/dev/null; then ai-usage --badge; else echo unknown; fi',
      interval: 60,
      timeout: 10,
    },
  ];
}
