import { ok, type Finding } from './check';

const PATTERN = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;
const LONGEST = 31;

export const isTemplateName = (name: string): boolean => PATTERN.test(name) && [...name].length <= LONGEST;

/** Whether Coder takes the name a template is pushed under. */
export function checkName(name: string): Finding {
  if (isTemplateName(name)) return ok('name', `${name} is a name Coder takes`);
  return {
    check: 'name',
    state: 'error',
    says: `the template's name must be letters and digits joined by single hyphens, at most ${LONGEST}, got ${JSON.stringify(name)} (${[...name].length})`,
    todo: 'give another one with --name',
  };
}
