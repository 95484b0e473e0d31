import type { Change } from '../../release/diff/change';
import { comparePolicies } from '../../release/diff/policy/compare-policies';
import { LOCAL, OPUS, ROWS } from './policy-rows';
import { editedDocument, modelNamed, policyChangesBy, type DocumentEdit } from './policy-support';
import { removeFolders, titles } from './support';

afterAll(removeFolders);

test.each(Object.entries(ROWS))('%s', (_, [edit, says, concerns, details, older]) => {
  const changes = policyChangesBy(edit, older);
  expect(titles(changes)).toEqual([says]);
  const [change] = changes;
  expect(change?.policy?.concerns).toBe(concerns);
  if (details !== undefined) expect(change?.details.join('\n')).toContain(details);
});

describe('every member that the schema knows', () => {
  const complete: DocumentEdit = (document) => {
    Object.assign(modelNamed(document, OPUS), {
      efforts: ['low'],
      retired_names: ['old'],
      successor: 'claude-opus-4',
    });
    Object.assign(modelNamed(document, OPUS).deployments[0]!, { retires_on: '2027-01-31' });
    modelNamed(document, OPUS).deployments.push({
      ...LOCAL,
      max_tokens_field: 'max_tokens',
      max_image_tokens: 9,
    });
    Object.assign(document.floors, {
      templates: { a: 'standard' },
      groups: { b: 'standard' },
      people: { c: 'standard' },
    });
    const budget = { max_budget: 1, budget_duration: '1d' };
    Object.assign(document.teams, { templates: { a: budget }, groups: { b: { ...budget } } });
  };

  /** Every place of a document that holds no list or object. */
  const leavesOf = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
      : [path];

  const other = (value: unknown): unknown =>
    typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}-x`;

  const leaves = leavesOf(JSON.parse(editedDocument(complete)) as unknown);

  test('there are very many', () => expect(leaves.length).toBeGreaterThan(150));

  test('is read by a rule, and none is dropped', () => {
    const unread = leaves.filter((path) => {
      const changes = policyChangesBy((document) => {
        complete(document);
        const holder = path
          .slice(0, -1)
          .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
        const name = path.at(-1) ?? '';
        (holder as Record<string, unknown>)[name] = other((holder as Record<string, unknown>)[name]);
      }, complete);
      const lines = titles(changes);
      return lines.length === 0 || lines.some((line) => /not known here|written in another way/.test(line));
    });
    expect(unread.map((path) => path.join('.'))).toEqual([]);
  });
});

test('the same document is no change', () => {
  expect(policyChangesBy(() => undefined)).toEqual([]);
});

test('what a name in a scope stands for follows successors and prices', () => {
  // Of the cheaper model, whose successor costs no more; then it does.
  const listed: DocumentEdit = ({ scopes }) => (scopes.ci!.models = ['claude-sonnet-4-5']);
  const changes = policyChangesBy((document) => {
    listed(document);
    modelNamed(document, 'claude-sonnet-5-5').deployments[0]!.price.input = 9;
  }, listed);
  expect(titles(changes)[0]).toBe('breaks: scope `ci`: may no longer use `claude-sonnet-5-5`, stricter');
  expect(changes[0]?.details.join('\n')).toContain('Its list is the same');
});

test('successors in a circle are said to be none that can be followed', () => {
  const circle: DocumentEdit = (document) => {
    modelNamed(document, 'claude-opus-4').successor = OPUS;
    modelNamed(document, OPUS).successor = 'claude-opus-4';
  };
  const changes = policyChangesBy((document) => {
    circle(document);
    document.scopes.ci!.models = [OPUS];
  }, circle);
  expect(titles(changes)).toEqual([`at-once: scope \`ci\`: models \`claude-haiku\` → \`${OPUS}\``]);
});

describe('what a document may hold is bounded', () => {
  const many =
    (level: string): DocumentEdit =>
    ({ floors }) =>
      Object.assign(floors, {
        groups: Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`group-${at}`, level])),
      });

  test('very many changes of one sort are counted', () => {
    const changes = policyChangesBy(many('design-first'), many('standard'));
    expect(changes).toHaveLength(41);
    expect(changes.at(-1)?.title).toBe('4960 more changes of floors');
  });

  test('long names and what a terminal obeys are not shown', () => {
    const name = `\u001b[2J${'x'.repeat(10_000)}`;
    const [change] = policyChangesBy(({ floors }) => (floors.groups[name] = 'standard'));
    const shown = [change?.title, ...(change?.details ?? []), change?.policy?.path].join('\n');
    expect(shown.length).toBeLessThan(1_000);
    expect(shown).not.toContain('\u001b');
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', '{"a":', /^the gateway document of main cannot be read: it is no JSON/],
    ['no object', '[]', /it is no JSON object$/],
    ['too deep', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, /more than 32 lists and objects/],
    ['too long', JSON.stringify({ a: 'x'.repeat(5_000_000) }), /more than 4194304 characters/],
  ])('%s', (_, text, reason) => {
    const compare = (): Change[] =>
      comparePolicies({ origin: 'main', text }, { origin: 'now', text: editedDocument() });
    expect(compare).toThrow(reason);
  });

  test.each(['models', 'scopes', 'floors', 'owner', 'teams', 'design_first'])('%s that is none', (name) => {
    const changes = policyChangesBy((document) => Object.assign(document, { [name]: 5 }));
    expect(titles(changes)).toContain(`at-once: \`${name}\` changed, which is not known here`);
  });
});
