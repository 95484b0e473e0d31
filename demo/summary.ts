import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { forTerminal } from '../terminal/terminal-text';
import type { KeyInfo } from './answer';

export interface Outcome {
  /** Folder of the project. */
  readonly root: string;
  /** Folder written to, relative to it. */
  readonly outdir: string;
  readonly template: string;
  readonly provider: string;
  readonly answer: string;
  readonly info: KeyInfo;
  readonly seconds: number;
}

/** Word for word, line by line, without anything that a terminal would obey. */
const quoted = (answer: string): string =>
  stripVTControlCharacters(answer)
    .trim()
    .split('\n')
    .map((line) => `    ${forTerminal(line)}`.trimEnd())
    .join('\n');

const word = (text: string): string =>
  /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** What a newcomer wants to know after the demo, and what to do next: commands that can be copied as they are. */
export function summary({ root, outdir, template, provider, answer, info, seconds }: Outcome): string {
  const folder = join(outdir, 'stacks', template);
  return `
The answer (from ${provider}):
${quoted(answer)}

The key's account   ${info.scope}, mode ${info.level}, ${info.models.length} models,
                    $${info.spend.toFixed(6)} of $${(info.max_budget ?? 0).toFixed(2)} spent today
A developer sees    a form with nothing to fill in, then VS Code in the browser; Roo Code and OpenCode are
                    ready, each with the workspace's own key; "AI" in the dashboard says: ready
The template        ${join(root, folder)}
Still running       nothing: the gateway, its store and the stand-in have ended

Next steps
  1. Make the gateway's secrets, once:
       cd ${word(root)}
       umask 077
       echo "GATEWAY_MASTER_KEY=sk-$(openssl rand -hex 32)" > gateway.env
       echo "WORKSPACE_CLAIM_SECRET=$(openssl rand -hex 32)" >> gateway.env
       echo "workspace_claim_secret: $(sed -n 's/^WORKSPACE_CLAIM_SECRET=//p' gateway.env)" > variables.yaml
  2. Start the gateway where workspaces reach it. Before, write the provider's key into gateway.env, as a line
     that begins with ANTHROPIC_API_KEY=
       set -a; . ./gateway.env; GATEWAY_HOST=0.0.0.0; GATEWAY_CONFIG=${word(join(outdir, 'gateway/config.json'))}; set +a
       npm run gateway
  3. Push the template, from another terminal:
       coder templates push ${template} -d ${word(folder)} --variables-file variables.yaml
  4. See who has keys and what they spend:
       set -a; . ./gateway.env; set +a
       npm run keys -- list

Done in ${seconds.toFixed(1)} s.
`;
}
