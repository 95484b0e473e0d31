/** Names of templates, as Coder takes them: `codersdk.NameValid`, and one character less for what is put behind. */
const PATTERN = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;

export const LONGEST_NAME = 31;

export const isTemplateName = (name: string): boolean => name.length <= LONGEST_NAME && PATTERN.test(name);
