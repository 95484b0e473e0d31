import { expression } from '../../../constructs/common/expression';

test('wraps HCL text and plain references in one interpolation', () => {
  expect(expression`length(${'data.coder_parameter.x.value'}) > 0`).toBe(
    '${length(data.coder_parameter.x.value) > 0}',
  );
});

test.each(['${var.x}', '${TfToken[TOKEN.1]}', 'a${TfToken[TOKEN.1]}'])(
  'fails for %s, which would be an interpolation within an expression',
  (reference) => {
    expect(() => expression`upper(${reference})`).toThrow(/plain references/);
  },
);
