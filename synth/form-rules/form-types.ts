/** The types a parameter can have. */
export const PARAMETER_TYPES = ['string', 'number', 'bool', 'list(string)'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** How the form can ask, by type and by whether the parameter has options. The first one is the form's own choice. */
export const FORM_TYPES: Readonly<
  Record<
    ParameterType,
    { readonly withOptions: readonly string[]; readonly withoutOptions: readonly string[] }
  >
> = {
  string: { withOptions: ['radio', 'dropdown'], withoutOptions: ['input', 'textarea'] },
  number: { withOptions: ['radio', 'dropdown'], withoutOptions: ['input', 'slider'] },
  bool: { withOptions: ['radio'], withoutOptions: ['checkbox', 'switch'] },
  'list(string)': { withOptions: ['radio', 'multi-select'], withoutOptions: ['tag-select'] },
};

export const isParameterType = (type: string): type is ParameterType =>
  (PARAMETER_TYPES as readonly string[]).includes(type);

/** The strings of a JSON list, or nothing when the text is none. */
export function parseList(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What a value of the type must be, when the text is none. */
export function typeFault(type: ParameterType, text: string): string | undefined {
  switch (type) {
    case 'string':
      return undefined;
    case 'number':
      return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? undefined : 'a number';
    case 'bool':
      // Terraform takes more spellings, but a comparison with "true" sees one of these only.
      return text === 'true' || text === 'false' ? undefined : '"true" or "false"';
    case 'list(string)':
      return parseList(text) ? undefined : 'a JSON list of strings, such as "[\\"a\\"]"';
  }
}
