import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { ImageSource } from '../../constructs/workspace/image';
import { RepositoryAddress } from '../../constructs/workspace/repository-address';
import { NetworkSource } from '../../constructs/workspace/workspace-network';
import { ValidationError } from '../../constructs/common/validation';
import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';
import { writeTemplate } from '../../src/write-template';
import { WRONG_PROPS } from './wrong-props';

let outdir: string;
beforeAll(() => (outdir = mkdtempSync(join(tmpdir(), 'wrong-props-'))));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const SCOPE = {
  AssistantChoice,
  ImageSource,
  NetworkSource,
  RepositoryAddress,
  anyHost: RepositoryAddress.anyHost(),
  catalog,
  policy,
  withModel: (changes: object) => ({
    ...catalog,
    models: catalog.models.map((model, index) => (index === 0 ? { ...model, ...changes } : model)),
  }),
};

/** What a snippet comes to, as a program would have it. */
const evaluate = (snippet: string): object => {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the table is text, as users write it
  const make = new Function(...Object.keys(SCOPE), `return (${snippet});`) as (...all: unknown[]) => object;
  return make(...Object.values(SCOPE));
};

function refused(work: () => unknown): ValidationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each(WRONG_PROPS.map(([snippet, ...lines]) => [snippet, lines]))('%s', (snippet, lines) => {
  const props = { name: 'x', outdir, ...evaluate(snippet) };
  const error = refused(() => writeTemplate(props, { output: outdir }));
  expect(error.faults).toEqual(lines);
  expect(error.message).not.toMatch(/\[object |undefined/);
  expect(existsSync(join(outdir, 'stacks'))).toBe(false);
});

test.each([undefined, null, 'minimal', 5, []])('a program that gives %j in the place of props', (props) => {
  const { faults } = refused(() => writeTemplate(props, { output: outdir }));
  expect(faults).toEqual([expect.stringMatching(/^what is given must be an object with "name"/)]);
});

test('more faults than anybody reads are counted', () => {
  const groups = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`g${at}`, 'strict']));
  const workspace = { policy: { ...policy, floors: { ...policy.floors, groups } } };
  const { message } = refused(() => writeTemplate({ name: 'x', workspace }, { output: outdir }));
  expect(message.split('\n')).toHaveLength(52);
  expect(message).toMatch(/\n- and 20 more$/);
});

test('a member is read once, whatever it gives the second time', () => {
  let reads = 0;
  const workspace = {
    get policy() {
      reads += 1;
      return reads === 1 ? policy : 'something else';
    },
  };
  writeTemplate({ name: 'x', workspace }, { output: join(outdir, 'once') });
  expect(reads).toBe(1);
});

test('members that are given as nothing count as left out', () => {
  const workspace = { policy: undefined, catalog: undefined, image: undefined, cpu: undefined };
  expect(writeTemplate({ name: 'x', workspace }, { output: join(outdir, 'nothing') })).toMatchObject({
    name: 'x',
  });
});
