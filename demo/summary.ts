import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What a key says of itself, as far as it is shown here. */
export interface KeyInfo {
  readonly scope: string;
  readonly level: string;
  readonly models: readonly string[];
  /** US dollars. */
  readonly spend: number;
  /** US dollars; null without a budget. */
  readonly max_budget: number | null;
}

export interface Outcome {
  readonly outdir: string;
  readonly template: string;
  readonly provider: string;
  readonly answer: string;
  readonly info: KeyInfo;
  readonly seconds: number;
}

/** OpenCode's words without its colours and its line about itself. */
const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => !line.startsWith('> '))
    .join('\n')
    .trim();

const indented = (text: string): string => plain(text).replace(/^/gm, '    ');

/** What a newcomer wants to know after the demo. */
export function summary({ outdir, template, provider, answer, info, seconds }: Outcome): string {
  const folder = join(outdir, 'stacks', template);
  return `
The answer (from ${provider}):
${indented(answer)}

The template        ${folder}
Push it with        coder templates push ${template} -d ${folder} --variables-file variables.yaml
                    (variables.yaml, mode 0600: one line "workspace_claim_secret: <32 characters or more>",
                    the gateway's WORKSPACE_CLAIM_SECRET)
A developer sees    a form with nothing to fill in, then VS Code in the browser; Roo Code and OpenCode are
                    ready, each with the workspace's own key; "AI" in the dashboard says: ready
The key's account   ${info.scope}, mode ${info.level}, ${info.models.length} models,
                    $${info.spend.toFixed(6)} of $${(info.max_budget ?? 0).toFixed(2)} spent today
Start a gateway     npm run gateway -- --help
To stop             nothing to do: the gateway, its store and the stand-in have ended

Done in ${seconds.toFixed(1)} s.
`;
}
