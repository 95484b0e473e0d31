import { findFaults, FORM_RULES, type Fault } from '../../synth/form-rules';
import type { Configuration } from '../configuration';
import { ok, type Finding } from './check';
import { FolderStack } from './folder-stack';

const KNOWN_KINDS = [
  'terraform',
  'locals',
  'variable',
  'module',
  'output',
  'data',
  'resource',
  'provider',
  'moved',
  'import',
];

/** Rules that have a line of their own in the report. */
const BACKEND = 'stack/no-backend';
const NAME = 'stack/name';

/** Whether Terraform can read the files, and Coder's form what stands in them. */
export function checkCode(configuration: Configuration, files: ReadonlyMap<string, string>): Finding[] {
  if (configuration.faults.length > 0) {
    return configuration.faults.map(({ file, message }) => ({
      check: 'code',
      state: 'error',
      says: `${file}: ${message}`,
      todo: 'mend it: a file with a fault is left out of the form without a word',
    }));
  }
  if (configuration.blocks.length === 0) {
    return [
      {
        check: 'code',
        state: 'error',
        says: 'there is no Terraform code at the top of the folder',
        todo: 'give the folder that holds the *.tf files, cdktf.out/stacks/<template>',
      },
    ];
  }
  const json = Object.fromEntries(
    Object.entries(configuration.toJson()).filter(([kind]) => KNOWN_KINDS.includes(kind)),
  );
  // The name has a check of its own.
  const faults = findFaults(new FolderStack('template', json), files).filter(({ rule }) => rule !== NAME);
  const backend = faults.filter(({ rule }) => rule === BACKEND);
  const form = faults.filter(({ rule }) => rule !== BACKEND);
  return [
    ...(backend.length === 0
      ? [ok('backend', 'no backend block: Coder keeps the state')]
      : backend.map((fault) => findingOf('backend', fault, configuration))),
    ...(form.length === 0
      ? [ok('form', `${FORM_RULES.length} rules of Coder's form and builds hold`)]
      : form.map((fault) => findingOf('form', fault, configuration))),
  ];
}

function findingOf(check: string, { address, message, rule }: Fault, configuration: Configuration): Finding {
  const file = configuration.find(address)?.path;
  const where = [file, address].filter((part) => part !== undefined && part !== '').join(' ');
  return { check, state: 'error', says: `${where === '' ? '' : `${where}: `}${message} [${rule}]` };
}
