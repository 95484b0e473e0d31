/** Terraform's diagnostics, readable. */

/** One diagnostic as Terraform's JSON output has it. */
export interface TerraformDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail?: string;
  /** Resource the diagnostic is about, when there is one. */
  readonly address?: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
}

/** What every command of the harness returns at least. */
export interface CommandResult {
  /** False when Terraform failed. */
  readonly ok: boolean;
  /** Exit status; of a plan, 2 means that there are changes. */
  readonly status: number;
  readonly diagnostics: readonly TerraformDiagnostic[];
  /** What Terraform printed, as far as it was not JSON. */
  readonly text: string;
}

/** One diagnostic on one line, its detail below. */
export function describeDiagnostic({
  severity,
  summary,
  detail,
  address,
  range,
}: TerraformDiagnostic): string {
  const place = range === undefined ? '' : ` (${range.filename}:${range.start.line})`;
  const head = `${severity}: ${address === undefined ? '' : `${address}: `}${summary}${place}`;
  return detail ? `${head}\n    ${detail.trim().replaceAll('\n', '\n    ')}` : head;
}

/** All diagnostics as text, errors first. */
export function describeDiagnostics(diagnostics: readonly TerraformDiagnostic[]): string {
  const rank = ({ severity }: TerraformDiagnostic): number => (severity === 'error' ? 0 : 1);
  return [...diagnostics]
    .sort((a, b) => rank(a) - rank(b))
    .map(describeDiagnostic)
    .join('\n');
}

/**
 * Hands a result on when Terraform succeeded.
 *
 * @throws an error that lists every diagnostic otherwise
 */
export function expectOk<Result extends CommandResult>(result: Result): Result {
  if (result.ok) return result;
  throw new Error(
    `terraform failed (${result.status})\n${describeDiagnostics(result.diagnostics) || result.text}`,
  );
}

/** Summaries and details of the errors, for `toContain` and `toMatch`. */
export function errorTexts({ diagnostics }: CommandResult): string[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ summary, detail }) => (detail ? `${summary}: ${detail}` : summary));
}
