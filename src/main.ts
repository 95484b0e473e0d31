import { catalog } from './catalog';
import { policy } from './policy';
import { runProgram } from './program';
import { ContractorWorkspaceStack } from './stacks/contractor-workspace';
import { synthesize } from './synthesize';

const TEMPLATE = 'contractor-workspace';
const HELP = `npm run synth

Writes the Coder template to cdktf.out/stacks/${TEMPLATE}/ and the gateway's models and policy to
cdktf.out/gateway/config.json. Needs nothing but Node.js. CDKTF_OUTDIR names another folder.
`;

runProgram(() => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  const outdir = synthesize({ catalog, policy }, (app) => new ContractorWorkspaceStack(app, TEMPLATE));
  const folder = `${outdir}/stacks/${TEMPLATE}`;
  process.stdout.write(
    `wrote ${folder}\npush it: coder templates push ${TEMPLATE} -d ${folder} --variables-file variables.yaml\n`,
  );
});
