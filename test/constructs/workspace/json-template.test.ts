import { renderJsonTemplate, Slot } from '../../../constructs/workspace/assistants/json-template';
import { expectOk, plannedValuesOf, Terraform } from '../../harness/terraform';

test('real Terraform fills the slots, and everything else arrives as it was written', async () => {
  const awkward = {
    dollar: '${HOME}',
    percent: '%{if}',
    quote: 'say "hi"\\n',
    'key-${x}': null,
    list: [1, true],
  };
  const template = Terraform.fromFiles({
    'x.json': renderJsonTemplate({ ...awkward, name: new Slot('name'), sum: [new Slot('1 + 1')] }),
    'main.tf': `resource "terraform_data" "x" {
  input = templatefile("\${path.module}/x.json", { name = "a \\"b\\" \\\\ $\${c}\\n" })
}
`,
  });
  try {
    expectOk(await template.init());
    const { plan } = expectOk(await template.plan());
    const text = String(plannedValuesOf(plan, 'terraform_data.x')?.input);
    expect(JSON.parse(text)).toEqual({ ...awkward, name: 'a "b" \\ ${c}\n', sum: [2] });
    expect(text.split('\n').length).toBeGreaterThan(8);
  } finally {
    template.dispose();
  }
});
