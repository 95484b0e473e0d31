import { expectOk, Terraform } from '../../harness/terraform';

/** What real Terraform makes of the outputs of a configuration that needs no provider. */
export async function outputsOf(files: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const terraform = Terraform.fromFiles(files);
  try {
    expectOk(await terraform.init());
    const { plan } = expectOk(await terraform.plan());
    const outputs = (plan.planned_values as { outputs?: Record<string, { value?: unknown }> }).outputs ?? {};
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  } finally {
    terraform.dispose();
  }
}
