/**
 * Shows the whole chain on this one machine: template, start build, key, assistant, answer, account.
 *
 * No Docker, no Coder and no provider key needed: Terraform plans against a provider that replays the schema, and
 * a labelled stand-in answers for the model unless ANTHROPIC_API_KEY is set.
 */
import { runProgram } from '../terminal/program';
import { runDemo } from '../demo/run';

const HELP = `npm run demo [-- --help]

Synthesizes the template, then shows on this machine what happens when a developer starts a workspace from it:
the start-up script asks the gateway for a key, the assistant asks a question, the answer is accounted for.
Needs Node.js and Terraform. Leaves nothing running and nothing behind but cdktf.out/.

  ANTHROPIC_API_KEY   when set, the real model answers (one short question); without it, a stand-in does
`;

runProgram(async () => {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  await runDemo();
});
