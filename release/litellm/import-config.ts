/** `document import-litellm`: a configuration of LiteLLM's as catalog and policy, and what could not be carried over. */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkDocument, DocumentError } from '../../gateway/config/document-check';
import { catalog as shipped } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy as usual } from '../../src/policy';
import { CliError, EXIT, UsageError } from '../../terminal/fault';
import { fileFault } from '../../terminal/file-fault';
import { outputOf, type Output } from '../../terminal/output';
import { forTerminal } from '../../terminal/terminal-text';
import { readLitellmConfig } from './config-file';
import { modelsOf } from './models';
import { changedPolicy, programText, scopeModels } from './program';
import { Report, type Remark } from './report';
import { settingsOf } from './settings';

export interface ImportLitellmWords {
  /** File to write; without it the program goes to stdout. */
  readonly output?: string;
}

/** @returns the exit code: 6 when something of the file is not in the result */
export async function importLitellm(path: string, words: ImportLitellmWords): Promise<number> {
  const file = words.output === undefined ? undefined : resolve(words.output);
  if (file !== undefined && existsSync(file))
    throw new UsageError(`${words.output} is there already: name another file, or move it away.`);
  const config = readLitellmConfig(path);
  const report = new Report();
  const { catalog } = modelsOf(config, shipped, report);
  const changes = settingsOf(config, report);
  const output = outputOf({});
  if (catalog.models.length === 0) {
    tell(output, report);
    throw new CliError(`${path} has no model that can be called here: nothing was written.`);
  }
  const scopes = scopeModels(usual, catalog);
  for (const { scope, models } of scopes)
    report.look(
      `policy, scope "${scope}"`,
      `the models it names as shipped are not all there: it has ${models.join(', ')} now.`,
    );
  try {
    checkDocument(
      'made from the file',
      renderGatewayDocument(catalog, changedPolicy(usual, changes, scopes)),
    );
  } catch (fault) {
    if (!(fault instanceof DocumentError)) throw fault;
    for (const says of fault.faults) report.look('to be mended before it is published', says);
  }
  const text = programText(catalog, changes, scopes, file);
  if (file === undefined) await output.line(text.trimEnd());
  else write(words.output ?? file, text);
  tell(output, report);
  const deployments = catalog.models.reduce((sum, model) => sum + model.deployments.length, 0);
  output.say(
    `${catalog.models.length} models with ${deployments} deployments${words.output === undefined ? '' : ` are in ${words.output}`}. ` +
      'No key was copied, and nothing is in force: review it, then publish it (docs/guides/from-litellm.md).',
  );
  return report.leftOut.length === 0 ? EXIT.done : EXIT.incomplete;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (fault) {
    throw new UsageError(
      fileFault(fault) ??
        `${file} cannot be written (${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  }
}

function tell(output: Output, report: Report): void {
  const part = (title: string, remarks: readonly Remark[]): void => {
    if (remarks.length === 0) return;
    output.say(title);
    for (const { about, says } of remarks) output.say(`  ${forTerminal(about)}: ${forTerminal(says)}`);
  };
  part(
    'SET WHERE THE GATEWAY STARTS',
    report.settings.map(({ name, from }) => ({ about: name, says: from })),
  );
  part(
    'LOOK AT',
    report.contested
      .filter((name) => name !== 'OPENAI_COMPATIBLE_ENDPOINTS')
      .map((name) => ({ about: name, says: 'the file has several; the gateway takes one.' }))
      .concat(report.toLookAt),
  );
  part('NOT CARRIED OVER', report.leftOut);
}
