/** The workspace form as a page, from the template as it is shipped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { Parameter, type ParameterProps } from '../../constructs/workspace/parameter';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { blocks, code, page, table } from '../markdown';

/** In the order of the form. */
export function shippedParameters(): ParameterProps[] {
  const outdir = mkdtempSync(join(tmpdir(), 'parameters-'));
  try {
    const stack = new ContractorWorkspaceStack(new App({ outdir, stackTraces: false }), 'reference');
    return stack.node
      .findAll()
      .filter((each) => each instanceof Parameter)
      .map(({ props }) => props)
      .sort((a, b) => a.order - b.order);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const standardOf = ({ default: value }: ParameterProps): string => (value === '' ? 'empty' : code(value));

function allowed({ validation, options }: ParameterProps): string {
  if (options !== undefined) return options.map(({ value }) => code(value)).join(', ');
  return validation?.error.replaceAll('%%', '%') ?? 'any text';
}

const optionsOf = ({ name, displayName, options = [] }: ParameterProps): string =>
  options.length === 0
    ? ''
    : blocks(
        `## ${displayName} (${name})`,
        table(
          ['value', 'shown as', 'meaning'],
          options.map(({ value, label, description }) => [code(value), label, description ?? '']),
        ),
      );

export function parametersDocument(): string {
  const parameters = shippedParameters();
  return page(
    'The workspace form',
    '`constructs/workspace/workspace-parameters.ts`, catalog and policy, as they are shipped',
    'Names of parameters and values of options are stored with every workspace and stay. A template of your own may offer less: [template](template-props.md).',
    table(
      ['in the form', 'parameter', 'type', 'default', 'what it takes', 'meaning'],
      parameters.map((parameter) => [
        parameter.displayName,
        code(parameter.name),
        parameter.type ?? 'string',
        standardOf(parameter),
        allowed(parameter),
        parameter.description,
      ]),
    ),
    ...parameters.map(optionsOf),
  );
}
