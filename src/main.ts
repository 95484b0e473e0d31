import { catalog } from './catalog';
import { policy } from './policy';
import { ContractorWorkspaceStack } from './stacks/contractor-workspace';
import { runProgram, synthesize } from './synthesize';

runProgram(() => {
  const outdir = synthesize({ catalog, policy }, (app) => {
    new ContractorWorkspaceStack(app, 'contractor-workspace');
  });
  process.stdout.write(
    `wrote ${outdir}/stacks/contractor-workspace\n` +
      `push it: coder templates push contractor-workspace -d ${outdir}/stacks/contractor-workspace --variables-file variables.yaml\n`,
  );
});
