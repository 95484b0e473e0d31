/** Every page of the reference, and how it is rendered. */
import { page, table } from '../markdown';
import { catalogDocument } from './catalog-document';
import { commandsDocument } from './commands-document';
import { endpointsDocument } from './endpoints-document';
import { parametersDocument } from './parameters-document';
import { policyDocument } from './policy-document';
import { renderProps } from './prop-documents';
import { readProps } from './read-props';
import { variablesDocument } from './variables-document';

/** Where the pages lie, from the root. */
export const FOLDER = 'docs/reference';

const OWN: Readonly<Record<string, string>> = {
  'template-props.md': 'what a template can be given',
  'platform-props.md': 'what a platform can be given',
  'construct-props.md': 'what each construct can be given',
  'parameters.md': 'the workspace form',
  'variables.md': "the gateway's environment",
  'commands.md': 'commands and their options',
  'endpoints.md': 'endpoints of both listeners',
  'policy.md': 'scopes, budgets, floors, and what is shipped',
  'catalog.md': 'models, prices, dates, successors',
};

/** Pages that are rendered as well, by those whose tables they are. */
const OTHERS: Readonly<Record<string, string>> = {
  '../errors.md': 'every refusal',
  '../metrics.md': 'every metric',
  '../alerts.md': 'what administrators are told of',
  '../limits.md': 'every limit of a request',
  '../lockdown.md': 'locked settings: which other AI is off, and how',
};

const indexDocument = (): string =>
  page(
    'Reference',
    'the sources',
    'Everything here is rendered from the code that does it, and a test holds it to that.',
    table(
      ['page', 'what is on it'],
      Object.entries({ ...OWN, ...OTHERS }).map(([file, what]) => [
        `[${file.replace(/^\.\.\/|\.md$/g, '')}](${file})`,
        what,
      ]),
    ),
  );

/** @returns text by the file's name */
export function referencePages(): ReadonlyMap<string, string> {
  const types = readProps();
  const props = renderProps(types);
  const rendered: Readonly<Record<string, string>> = {
    'README.md': indexDocument(),
    'template-props.md': props.template,
    'platform-props.md': props.platform,
    'construct-props.md': props.constructs,
    'parameters.md': parametersDocument(),
    'variables.md': variablesDocument(),
    'commands.md': commandsDocument(),
    'endpoints.md': endpointsDocument(),
    'policy.md': policyDocument(types),
    'catalog.md': catalogDocument(types),
  };
  return new Map(Object.entries(rendered));
}
