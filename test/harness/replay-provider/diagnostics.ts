/** What a provider tells Terraform about a fault: severity, words, and the attribute it is about. */

export type PathStep = string | number;

export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly summary: string;
  readonly detail: string;
  /** Attribute names and list indexes from the block down; empty when the whole block is meant. */
  readonly path: readonly PathStep[];
}

export function error(summary: string, detail = '', path: readonly PathStep[] = []): Diagnostic {
  return { severity: 'ERROR', summary, detail, path };
}

export function warning(summary: string, detail = '', path: readonly PathStep[] = []): Diagnostic {
  return { severity: 'WARNING', summary, detail, path };
}

/** Wire form of an attribute path. */
export function encodePath(path: readonly PathStep[]): object {
  return {
    steps: path.map((step) =>
      typeof step === 'number' ? { element_key_int: step } : { attribute_name: step },
    ),
  };
}

/** Wire form of diagnostics. */
export function encodeDiagnostics(diagnostics: readonly Diagnostic[]): object[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity,
    summary,
    detail,
    ...(path.length > 0 && { attribute: encodePath(path) }),
  }));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'ERROR');
}
