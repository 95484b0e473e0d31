import { brokenFolder, type BrokenBlock } from './broken-blocks';
import {
  describeDiagnostics,
  expectOk,
  plannedValuesOf,
  workspaceEnv,
  type PlanResult,
  type Terraform,
  type WorkspaceBuild,
} from './terraform';

const parameter = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'data.coder_parameter',
  body: { name: 'x', ...body },
});
const number = (validation: object, body: object = {}): Pick<BrokenBlock, 'type' | 'body'> =>
  parameter({ type: 'number', default: '5', validation: [validation], ...body });
const text = (validation: object, body: object = {}): Pick<BrokenBlock, 'type' | 'body'> =>
  parameter({ default: 'abc', validation: [validation], ...body });
const options = (...pairs: readonly (readonly [string, string])[]): object => ({
  option: pairs.map(([name, value]) => ({ name, value })),
});
const AB = options(['A', 'a'], ['B', 'b']);
const schedules = (...crons: string[]): object => ({
  prebuilds: [
    {
      instances: 1,
      scheduling: [{ timezone: 'UTC', schedule: crons.map((cron) => ({ cron, instances: 1 })) }],
    },
  ],
});

/** What the build before and this build chose. */
const BUILD: WorkspaceBuild = {
  parameters: { chosen: 'z', grows: '3', multi: '["a","z"]', shrinks: '7' },
  previous: { grows: '4', shrinks: '6' },
};

/** Every check of the plan phase, broken once. */
const ROWS: Readonly<Record<string, BrokenBlock>> = {
  default_no_option: {
    ...parameter({ default: 'c', ...AB }),
    fault: /Default value must be a valid option/,
    at: 'default',
  },
  value_no_option: {
    ...parameter({ name: 'chosen', default: 'a', ...AB }),
    fault: /Value must be a valid option.*"z"/,
  },
  option_names: {
    ...parameter({ ...options(['A', 'a'], ['A', 'b']) }),
    fault: /Option names must be unique/,
  },
  option_values: {
    ...parameter({ ...options(['A', 'a'], ['B', 'a']) }),
    fault: /Option values must be unique/,
  },
  option_type: {
    ...parameter({ type: 'number', ...options(['A', 'many']) }),
    fault: /is not of type number/,
  },
  form_plain: {
    ...parameter({ form_type: 'dropdown' }),
    fault: /Invalid form_type.*input, textarea/,
    at: 'form_type',
  },
  form_options: {
    ...parameter({ form_type: 'slider', type: 'number', ...options(['1', '1']) }),
    fault: /radio, dropdown/,
  },
  form_bool: { ...parameter({ type: 'bool', form_type: 'input' }), fault: /checkbox, switch/ },
  form_list: { ...parameter({ type: 'list(string)', form_type: 'multi-select' }), fault: /tag-select/ },
  multi_default: {
    ...parameter({ type: 'list(string)', form_type: 'multi-select', default: '["a","c"]', ...AB }),
    fault: /Default values must be valid options.*\["c"\] are missing/,
  },
  multi_value: {
    ...parameter({ name: 'multi', type: 'list(string)', form_type: 'multi-select', default: '["a"]', ...AB }),
    fault: /Values must be valid options.*\["z"\] are missing/,
  },
  multi_no_list: {
    ...parameter({ type: 'list(string)', form_type: 'multi-select', default: 'a', ...AB }),
    fault: /must be a list of strings/,
  },
  min_on_string: { ...text({ min: 1 }), fault: /a min cannot be specified for a string type/ },
  max_on_bool: {
    ...parameter({ type: 'bool', default: 'true', validation: [{ max: 1 }] }),
    fault: /a max cannot be specified for a bool type/,
  },
  monotonic_on_string: {
    ...text({ monotonic: 'increasing' }),
    fault: /monotonic validation can only be specified for number/,
  },
  regex_on_number: {
    ...number({ regex: '5', error: 'e' }),
    fault: /a regex cannot be specified for a number type/,
  },
  regex_no_error: { ...text({ regex: '^a' }), fault: /an error must be specified with a regex validation/ },
  regex_lookahead: { ...text({ regex: 'a(?=b)', error: 'e' }), fault: /invalid or unsupported Perl syntax/ },
  regex_backreference: { ...text({ regex: '(a)\\1', error: 'e' }), fault: /invalid escape sequence/ },
  regex_malformed: { ...text({ regex: '(a', error: 'e' }), fault: /compile regex/ },
  regex_no_match: {
    ...text({ regex: '^x$', error: 'only x' }),
    fault: /only x \(value "abc" does not match/,
  },
  below: { ...number({ min: 6 }), fault: /value 5 is less than the minimum 6/ },
  above: { ...number({ max: 4 }), fault: /value 5 is more than the maximum 4/ },
  rendered: { ...number({ max: 4, error: 'at most {max}, not {value}' }), fault: /at most 4, not 5/ },
  percent: { ...number({ max: 4, error: 'no 100%' }), fault: /no 100%!\(NOVERB\)/ },
  fraction: { ...number({ max: 9 }, { default: '1.5' }), fault: /value "1.5" is not a number/ },
  no_number: { ...parameter({ type: 'number', default: 'many' }), fault: /is not of type number/ },
  no_bool: { ...parameter({ type: 'bool', default: 'yes' }), fault: /is not of type bool/ },
  no_list: { ...parameter({ type: 'list(string)', default: 'a,b' }), fault: /is not of type list\(string\)/ },
  bool_written: {
    ...parameter({ type: 'bool', default: '1', validation: [{ error: 'x' }] }),
    fault: /boolean value can be either "true" or "false"/,
  },
  monotonic_word: { ...number({ monotonic: 'up' }), fault: /can be either "increasing" or "decreasing"/ },
  monotonic_increasing: {
    ...number({ monotonic: 'increasing' }, { name: 'grows' }),
    fault: /must be equal or greater than previous value: 4/,
  },
  monotonic_decreasing: {
    ...number({ monotonic: 'decreasing' }, { name: 'shrinks' }),
    fault: /must be equal or lower than previous value: 6/,
  },
  immutable_ephemeral: {
    ...parameter({ ephemeral: true, default: 'x' }),
    fault: /can't be immutable and ephemeral/,
  },
  ephemeral_no_default: {
    ...parameter({ ephemeral: true, mutable: true }),
    fault: /requires the default property/,
  },
  validation_no_default_min: {
    ...parameter({ type: 'number', validation: [{ min: 1 }] }),
    fault: /value "" is not a number/,
  },
  validation_no_default_regex: {
    ...parameter({ validation: [{ regex: '^a', error: 'e' }] }),
    fault: /value "" does not match/,
  },
  secret_both: {
    type: 'data.coder_secret',
    body: { env: 'A', file: '/a', help_message: 'h' },
    fault: /exactly one of "env" and "file"/,
  },
  secret_none: {
    type: 'data.coder_secret',
    body: { help_message: 'h' },
    fault: /exactly one of "env" and "file"/,
  },
  overlap: {
    type: 'data.coder_workspace_preset',
    body: { name: 'x', ...schedules('* 8-18 * * 1-5', '* 9 1 * *') },
    fault: /schedules overlap with each other/,
  },
  agent_metadata: {
    type: 'coder_agent',
    body: {
      os: 'linux',
      arch: 'amd64',
      metadata: [
        { key: 'cpu', script: 'a', interval: 1 },
        { key: 'cpu', script: 'b', interval: 1 },
      ],
    },
    fault: /duplicate metadata key "cpu"/,
  },
  agent_volumes: {
    type: 'coder_agent',
    body: {
      os: 'linux',
      arch: 'amd64',
      resources_monitoring: [
        {
          volume: [
            { enabled: true, path: '/a', threshold: 1 },
            { enabled: true, path: '/a', threshold: 2 },
          ],
        },
      ],
    },
    fault: /duplicate resources_monitoring volume path "\/a"/,
  },
  metadata_items: {
    type: 'coder_metadata',
    body: { resource_id: 'r', item: [{ key: 'a' }, { key: 'a' }] },
    fault: /duplicate item key "a"/,
  },
};

/** Parameters that a careless check would refuse, with the value they must get and the form they take. */
const SOUND: Readonly<Record<string, Pick<BrokenBlock, 'type' | 'body'> & { value: string; form: string }>> =
  {
    required: { ...parameter({}), value: '', form: 'input' },
    required_options: { ...parameter({ ...AB }), value: '', form: 'radio' },
    empty_matches: {
      ...parameter({ validation: [{ regex: '^[a-z]*$', error: 'e' }] }),
      value: '',
      form: 'input',
    },
    switched: { ...parameter({ type: 'bool', default: 'true' }), value: 'true', form: 'checkbox' },
    sized: { ...number({ min: 1, max: 8, error: '1 to 8' }), value: '5', form: 'input' },
    fraction: { ...parameter({ type: 'number', default: '1.5' }), value: '1.5', form: 'input' },
    tags: { ...parameter({ type: 'list(string)', default: '["a"]' }), value: '["a"]', form: 'tag-select' },
    multi: {
      ...parameter({ type: 'list(string)', form_type: 'multi-select', default: '["b"]', ...AB }),
      value: '["b"]',
      form: 'multi-select',
    },
    whole_list: {
      ...parameter({ type: 'list(string)', default: '["b"]', ...options(['A', '["a"]'], ['B', '["b"]']) }),
      value: '["b"]',
      form: 'radio',
    },
    go_regex: {
      ...text({ regex: '(?i)^(?P<x>[[:ALPHA:]]|[[:alpha:]])+$', error: 'letters' }),
      value: 'abc',
      form: 'input',
    },
    ephemeral: { ...parameter({ ephemeral: true, mutable: true, default: '' }), value: '', form: 'input' },
  };

describe('plan phase', () => {
  let tf: Terraform;
  let result: PlanResult;

  beforeAll(async () => {
    tf = brokenFolder(ROWS);
    expectOk(await tf.init());
    result = await tf.plan({ env: workspaceEnv(BUILD) });
  });
  afterAll(() => tf.dispose());

  it.each(Object.keys(ROWS))('refuses %s', (name) => {
    const row = ROWS[name];
    const found = result.diagnostics.filter(({ address }) => address === `${row?.type}.${name}`);
    expect(describeDiagnostics(found).replaceAll('\n', ' ')).toMatch(row?.fault ?? /^$/);
    expect(found).toHaveLength(1);
  });

  it('says nothing else', () => {
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors).toHaveLength(Object.keys(ROWS).length);
    expect(result.ok).toBe(false);
  });
});

describe('plan phase, sound parameters', () => {
  let tf: Terraform;
  let result: PlanResult;

  beforeAll(async () => {
    tf = brokenFolder(SOUND);
    expectOk(await tf.init());
    result = expectOk(await tf.plan());
  });
  afterAll(() => tf.dispose());

  it.each(Object.entries(SOUND))('accepts %s', (name, { value, form }) => {
    const read = plannedValuesOf(result.plan, `data.coder_parameter.${name}`);
    expect(read).toMatchObject({ value, form_type: form });
  });

  it('tells absent bounds from zero', () => {
    const read = plannedValuesOf(result.plan, 'data.coder_parameter.sized');
    expect(read).toMatchObject({
      optional: true,
      type: 'number',
      mutable: false,
      ephemeral: false,
      styling: '{}',
      validation: [{ min: 1, max: 8, min_disabled: false, max_disabled: false, regex: '', monotonic: '' }],
    });
    const open = plannedValuesOf(result.plan, 'data.coder_parameter.empty_matches');
    expect(open).toMatchObject({
      optional: false,
      validation: [{ min: 0, min_disabled: true, max_disabled: true }],
    });
  });
});
